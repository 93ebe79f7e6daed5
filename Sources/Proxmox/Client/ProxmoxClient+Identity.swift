// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
public import Model

extension ProxmoxClient {
    /// What tells this cluster from any other and does not change by itself: 64 hexadecimal digits.
    ///
    /// It follows from the cluster's name, the names of its members and, where it may be read, the certificate of the
    /// cluster's own authority. A cluster that gains or loses a member counts as another one.
    ///
    /// - Throws: ``Failure`` where the cluster's status cannot be read.
    public func clusterFingerprint() async throws(Failure) -> String {
        let rows = try await send(.get("cluster", "status")).data.array ?? []
        func names(_ type: String) -> [String] {
            rows.filter { $0["type"]?.perlText == type }.compactMap { $0["name"]?.perlText }.sorted()
        }
        let nodes = names("node")
        guard let first = nodes.first else {
            throw Failure(.server, "the cluster does not tell its members", hint: "may this user read /cluster/status?")
        }
        // A node that stands alone has no cluster's name.
        let facts: JSONValue = [
            "authority": JSONValue(try await authorityFingerprint(nodes)),
            "name": .string(names("cluster").first ?? first), "nodes": .array(nodes.map(JSONValue.string)),
        ]
        return ContentHash.sha256(facts.canonical())
    }

    /// The fingerprint of the cluster's own authority, from the first member that tells; nil where none may be asked.
    ///
    /// - Throws: ``Failure`` where a member may be asked but does not answer: the outcome would hang on the weather.
    private func authorityFingerprint(_ nodes: [String]) async throws(Failure) -> String? {
        var trouble: Failure?
        for node in nodes {
            do throws(Failure) {
                let rows = try await send(.get("nodes", node, "certificates", "info")).data.array ?? []
                let authority = rows.first { $0["filename"]?.perlText == "pve-root-ca.pem" }
                if let print = authority?["fingerprint"]?.perlText { return print }
            } catch {
                if error.kind == .permission { return nil }
                trouble = error
            }
        }
        if let trouble, trouble.kind != .unsupported, trouble.kind != .notFound { throw trouble }
        return nil
    }
}
