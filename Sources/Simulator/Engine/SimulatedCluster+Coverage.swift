// SPDX-License-Identifier: Apache-2.0
public import Model

extension SimulatedCluster {
    /// One call that every simulated cluster answers.
    public struct ServedCall: Sendable, Hashable {
        /// The HTTP method.
        public var method: String
        /// The path below `/api2/json`, with `{node}`, `{vmid}` and the like where a request has a name.
        public var path: String
    }

    /// Everything that a simulated cluster answers, in the order of the API's tree.
    public static let servedCalls: [ServedCall] = EndpointTable.all
        .map { endpoint in
            let parts = endpoint.pattern.map { $0.hasSuffix("...}") ? $0.dropLast(4) + "}" : $0 }
            return ServedCall(method: endpoint.method, path: "/" + parts.joined(separator: "/"))
        }
        .sorted { ($0.path, $0.method) < ($1.path, $1.method) }

    /// Whether a call is answered, for one kind of guest where the path leaves that open.
    ///
    /// - Parameters:
    ///   - method: The HTTP method.
    ///   - path: A path as requests have it, or with `{node}`, `{kind}`, `{vmid}` as the operation table has it.
    ///   - kind: What `{kind}` stands for; nil asks for every kind.
    public static func serves(method: String, path: String, kind: GuestKind? = nil) -> Bool {
        let segments = path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        let kinds = kind.map { [$0] } ?? GuestKind.allCases
        return kinds.allSatisfy { kind in
            EndpointTable.find(method, segments.map { $0 == "{kind}" ? kind.rawValue : $0 }) != nil
        }
    }
}
