// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Doing away with guests.
enum DestroyHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "destroy": destroy
    ]

    static func destroy(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let endpoint = try call.endpoint()
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let survey = DestroySurvey(call: call, options: options)
        try await survey.refuse(guest)
        var parameters: [(name: String, value: APIParameter)] = []
        for (option, name) in [("purge", "purge"), ("destroy_unreferenced_disks", "destroy-unreferenced-disks")] {
            if let flag = options.flag(option) { parameters.append((name, .boolean(flag))) }
        }
        if options.flag("force") == true { parameters.append(("force", .boolean(true))) }
        var change = Change(
            endpoint: endpoint, call: APICall(.delete, try guest.reference.path(), parameters), guest: guest,
            timeout: call.timeout,
            waits: call.waits)
        let consequences = try await survey.consequences(guest)
        change.consequences = consequences
        change.weigh = { (guest) throws(Failure) in try await survey.consequences(guest) }
        change.foretold = JSONObject([
            ("status", "gone"), ("destroyed", .array(consequences.map(JSONValue.string))),
        ])
        return try await call.gate.change(change).json(change)
    }
}
