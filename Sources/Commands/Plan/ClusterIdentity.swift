// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
internal import Model
internal import Plan
internal import Proxmox

extension Plan {
    /// The clusters that its operations go to, in order, without the one that the run is started on.
    var otherClusters: [String] { Set(operations.map(\.cluster)).subtracting([cluster.name]).sorted() }
}

/// What tells a cluster from another that is configured under the same name.
enum ClusterIdentity {
    /// The SHA-256 of the cluster's own name and its nodes' names.
    static func fingerprint(of client: ProxmoxClient) async throws(Failure) -> String {
        let rows = try await client.send(APICall(.get, try APIPath(["cluster", "status"]))).data.array ?? []
        let names = rows.compactMap { row -> JSONValue? in
            guard let type = row["type"]?.string, let name = row["name"]?.string else { return nil }
            return .array([.string(type), .string(name)])
        }
        guard !names.isEmpty else {
            throw Failure(.permission, "the cluster does not say who it is", hint: "the token needs Sys.Audit on /")
        }
        return ContentHash.sha256(JSONValue.array(names.sorted { $0.text < $1.text }).canonical())
    }
}
