// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Proxmox

extension LoginOutcome {
    /// The report as the audit has it.
    var audited: JSONValue {
        var body = JSONObject([
            ("outcome", .string(failure != nil ? "failed" : isRenewal ? "renewed" : "logged in")),
            ("identity", .string(user)),
        ])
        if isRenewal { body["renewal"] = true }
        if let failure {
            body["kind"] = .string(failure.kind.rawValue)
            body["message"] = .string(failure.message)
        }
        return .object(body)
    }
}
