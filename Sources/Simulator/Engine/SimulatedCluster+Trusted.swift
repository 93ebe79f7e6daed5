// SPDX-License-Identifier: Apache-2.0
public import Proxmox

extension SimulatedCluster {
    /// Answers one request of somebody who may do everything, without looking at credentials; injected faults do not apply.
    ///
    /// - Parameter owner: Who started the tasks that come of it, as UPIDs write it: `user@realm` or `user@realm!token`.
    public func respond(to request: HTTPRequest, trusting owner: String) async -> HTTPResponse {
        let parts = owner.split(separator: "!", maxSplits: 1).map(String.init)
        return await respond(
            to: request,
            trusting: Identity(
                user: parts.first ?? "root@pam", token: parts.count > 1 ? parts[1] : nil, isTrusted: true))
    }

    /// What a request says: the parts of its path below the format, and its parameters as text, lists joined by commas.
    ///
    /// - Returns: Nil where it is no request of the API.
    public static func reading(_ request: HTTPRequest) -> (segments: [String], parameters: [String: String])? {
        guard let location = try? RequestParser.location(request.target),
            let parsed = try? RequestParser.parameters(request, segments: location.segments)
        else { return nil }
        let texts = parsed.values.compactMapValues { value -> String? in
            switch value {
            case .text(let text): text
            case .list(let list): list.joined(separator: ",")
            case .reference, .undefined: nil
            }
        }
        return (location.segments, texts)
    }
}
