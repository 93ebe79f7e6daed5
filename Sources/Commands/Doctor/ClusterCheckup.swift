// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Looks at who pvelua is to the cluster, which version it has and whether it can decide.
struct ClusterCheckup: Sendable {
    let client: ProxmoxClient
    let identity: String

    /// Whether the identity was let in, by the answers of the hosts.
    static func authentication(_ sights: [HostSight], identity: String) -> DoctorCheck {
        let topic = "authentication"
        if sights.contains(where: { if case .success = $0.version { true } else { false } }) {
            return .ok(topic, "\(identity), \(identity.contains("!") ? "an API token" : "a login")")
        }
        for sight in sights {
            guard case .failure(let failure) = sight.version, failure.kind == .auth else { continue }
            let words = "\(identity) is not let in: 401 \(failure.raw ?? "")"
            return .problem(topic, words, next: advice(failure.raw ?? ""), kind: .auth)
        }
        // Where no host was reached, that is the problem, and it was told already.
        for sight in sights where sight.hasAnswered {
            guard case .failure(let failure) = sight.version else { continue }
            return .problem(
                topic, "no host gave an answer to go by: \(failure.message)", next: failure.hint, kind: failure.kind)
        }
        return .unknown(topic, "no host gave an answer to go by")
    }

    /// What lies behind the words of a 401; new servers say the same of everything (pve-facts §2).
    private static func advice(_ raw: String) -> String {
        if raw.contains("no such token") { return "make the token, or mend token_id: pveum user token list USER" }
        if raw.contains("invalid token value") { return "the secret is another one: put the right one into the file" }
        if raw.contains("expired") {
            return "it has ended: pveum user token modify USER TOKEN --expire 0, or a new one"
        }
        if raw.contains("disabled") { return "enable the user: pveum user modify USER --enable 1" }
        return "one of these: wrong token_id, wrong secret, the token or its user expired, the user disabled; "
            + "`pveum user token list USER` on a node tells the first and the third"
    }

    static func version(_ sights: [HostSight]) -> DoctorCheck {
        let topic = "version"
        var found: [String] = []
        for sight in sights {
            guard case .success(let answer) = sight.version, let text = answer["version"]?.perlText,
                !found.contains(text)
            else { continue }
            found.append(text)
        }
        guard let first = found.first else { return .unknown(topic, "no host told its version") }
        let words = "Proxmox VE " + found.joined(separator: ", ")
        if found.count > 1 {
            return .warning(topic, "\(words): the nodes differ", next: "finish the upgrade of all nodes")
        }
        guard let major = Int(first.prefix { $0.isNumber }) else { return .unknown(topic, words) }
        if major < 8 {
            return .warning(topic, "\(words) is older than what pvelua is made for", next: "upgrade to 8.4 or 9")
        }
        if major > 9 { return .warning(topic, "\(words) is newer than what pvelua is made for") }
        return .ok(topic, words)
    }

    /// Quorum and nodes that are down.
    func cluster() async -> [DoctorCheck] {
        let topic = "cluster"
        do throws(Failure) {
            let condition = try await client.condition()
            let offline = condition.nodes.filter { !$0.isOnline }.map(\.name)
            guard let name = condition.name else {
                return [.ok(topic, "one node that stands alone: \(condition.nodes.map(\.name).joined())")]
            }
            guard condition.hasQuorum else {
                return [
                    .problem(
                        topic, "\(name) has no quorum: nothing can be changed" + Self.down(offline),
                        next: "bring nodes back; pvecm status on one that is up", kind: .noQuorum)
                ]
            }
            return [.ok(topic, "\(name), \(condition.nodes.count) nodes, quorate")] + Self.warning(offline)
        } catch {
            guard error.kind == .permission else { return [.problem(topic, error)] }
            return [
                .unknown(
                    topic, "quorum cannot be seen: Sys.Audit at / is missing",
                    next: "pvelua cluster token plan --for read.cluster")
            ] + (await nodes())
        }
    }

    /// Every identity may list nodes and see which are offline.
    private func nodes() async -> [DoctorCheck] {
        guard let rows = try? await client.send(.get("nodes")).data.array else { return [] }
        return Self.warning(
            rows.filter { $0["status"]?.perlText == "offline" }.compactMap { $0["node"]?.perlText }.sorted())
    }

    private static func down(_ names: [String]) -> String {
        names.isEmpty ? "" : "; offline: " + names.joined(separator: ", ")
    }

    private static func warning(_ offline: [String]) -> [DoctorCheck] {
        guard !offline.isEmpty else { return [] }
        return [
            .warning(
                "nodes", "offline: \(offline.joined(separator: ", "))",
                next: "their guests cannot be reached and may show their last known state")
        ]
    }
}
