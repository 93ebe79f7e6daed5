// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
internal import Proxmox

/// Holds rules against a picture; a pure function of both.
public struct RuleJudge: Sendable {
    let picture: ClusterPicture
    let cluster: String

    /// Makes a judge.
    ///
    /// - Parameter cluster: The cluster's name in the configuration.
    public init(_ picture: ClusterPicture, cluster: String) {
        self.picture = picture
        self.cluster = cluster
    }

    /// What the rules make of the picture.
    public func judge(_ rules: [AlertRule]) -> Verdict {
        var verdict = Verdict()
        for rule in rules where rule.condition != .cannotSee { judge(rule, &verdict) }
        if let rule = rules.first(where: { $0.condition == .cannotSee }) { judgeSight(rule, &verdict) }
        return verdict
    }

    private func judge(_ rule: AlertRule, _ verdict: inout Verdict) {
        if let outage = picture.outage {
            guard rule.condition == .clusterUnreachable else {
                verdict.blind.append(BlindSpot(rule, .everything))
                return
            }
            verdict.findings.append(unreachable(rule, outage))
            return
        }
        switch rule.condition {
        case .clusterUnreachable, .cannotSee: break
        case .nodeOffline: nodes(rule, &verdict)
        case .noQuorum: quorum(rule, &verdict)
        case .storageAbove(let threshold): storageUse(rule, threshold, &verdict)
        case .storageUnavailable: storageLoss(rule, &verdict)
        case .memoryAbove(let threshold): figures(rule, threshold, \.memory, "memory", &verdict)
        case .cpuAbove(let threshold): figures(rule, threshold, \.processors, "processors", &verdict)
        case .loadAbove(let threshold): loads(rule, threshold, &verdict)
        case .guestStopped: eachGuest(rule, &verdict) { stopped(rule, $0) }
        case .guestUnresponsive: eachGuest(rule, &verdict) { unresponsive(rule, $0) }
        case .backupOlder(let age): backups(rule, age, &verdict)
        case .snapshotOlder(let age, let names): eachGuest(rule, &verdict) { snapshots(rule, age, names, $0) }
        case .taskFailed(let types, let within): tasks(rule, types, within, &verdict)
        case .certificateExpires(let within): certificates(rule, within, &verdict)
        }
    }

    private func unreachable(_ rule: AlertRule, _ failure: Failure) -> Finding {
        let raw = failure.raw.map { $0 == failure.message ? "" : " (\($0))" } ?? ""
        return Finding(
            rule, AlertSubject(.cluster, cluster), "cluster \(cluster) cannot be watched: \(failure.message)\(raw)",
            advice: "pvelua cluster doctor \(cluster)" + (failure.hint.map { "; \($0)" } ?? ""),
            value: .string(failure.kind.rawValue))
    }

    /// A rule that cannot be judged is no rule that is content.
    private func judgeSight(_ rule: AlertRule, _ verdict: inout Verdict) {
        var seen: Set<String> = []
        for spot in verdict.blind {
            guard let cause = spot.cause, seen.insert(spot.rule.id).inserted else { continue }
            let what =
                switch spot.scope {
                case .everything: ""
                case .node(let name): " for node \(name)"
                case .subject(let path): " for \(path)"
                }
            verdict.findings.append(
                Finding(
                    rule, AlertSubject(.rule, spot.rule.id),
                    "rule \(spot.rule.id) cannot be judged\(what): \(cause.message)",
                    advice: cause.hint ?? "pvelua cluster doctor \(cluster)", value: .string(cause.kind.rawValue)))
        }
    }

    // MARK: - What guests have in common

    /// What a rule makes of one guest.
    enum GuestVerdict {
        case fine
        case wrong(Finding)
        case unknown(Failure?)
    }

    /// Judges every guest that a rule is about.
    ///
    /// Of a guest on a node that is away nothing is known: that is the node's alert.
    func eachGuest(_ rule: AlertRule, _ verdict: inout Verdict, _ judge: (GuestSight) -> GuestVerdict) {
        let offline = picture.offline
        if picture.guests.isEmpty, let failure = lack(["VM.Audit"], at: .guests, "no guest can be seen") {
            verdict.blind.append(BlindSpot(rule, .everything, failure))
        }
        for node in picture.nodes where offline.contains(node.name) {
            verdict.blind.append(BlindSpot(rule, .node(node.name)))
        }
        for guest in picture.guests where !offline.contains(guest.node) {
            let onboot = picture.slow.onboot[guest.vmid]
            guard let isCovered = rule.covers(guest, onboot: try? onboot?.get()) else {
                var cause: Failure?
                if case .failure(let failure)? = onboot { cause = failure }
                verdict.blind.append(BlindSpot(rule, .subject(Self.subject(guest).path), cause))
                continue
            }
            guard isCovered else { continue }
            switch judge(guest) {
            case .fine: verdict.fine.insert(Alert.fingerprint(rule.id, Self.subject(guest)))
            case .wrong(let finding): verdict.findings.append(finding)
            case .unknown(let cause):
                verdict.blind.append(BlindSpot(rule, .subject(Self.subject(guest).path), cause))
            }
        }
    }

    /// The failure of a rule whose answers are incomplete for want of a privilege; nil where it is held, or nobody knows.
    func lack(_ anyOf: [Privilege], at path: ACLPath, pool: String? = nil, _ words: String) -> Failure? {
        guard case .success(let permissions)? = picture.slow.permissions,
            !permissions.holds(anyOf, at: path, pool: pool)
        else { return nil }
        let names = anyOf.map(\.rawValue).joined(separator: " or ")
        return Failure(.permission, words, hint: "grant \(names) at \(path)")
    }

    static func subject(_ guest: GuestSight) -> AlertSubject {
        AlertSubject(
            .guest, String(guest.vmid), node: guest.node, vmid: guest.vmid, name: guest.name.map { Finding.line($0) })
    }

    /// `101 (web-1) on pve1`.
    static func words(_ guest: GuestSight) -> String {
        let name = guest.name.map { " (\($0))" } ?? ""
        return "\(guest.vmid)\(name) on \(guest.node)"
    }

    /// Whether a word of the cluster's may stand in a command that people copy to a shell.
    static func isPlain(_ word: String) -> Bool {
        word.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.:@".utf8.contains($0) }
    }

    /// `3 days`, `5 hours`, `1 minute`.
    static func age(_ seconds: Double) -> String {
        let whole = max(0, min(seconds, 1e10))
        let (number, unit) =
            whole >= 2 * 86_400
            ? (Int(whole / 86_400), "day") : whole >= 7200 ? (Int(whole / 3600), "hour") : (Int(whole / 60), "minute")
        return "\(number) \(unit)\(number == 1 ? "" : "s")"
    }

    /// A share as whole percent, cut off and not rounded: 99.6 is not full.
    static func percent(_ share: Double) -> Int { Int(max(0, min(share, 1000)) * 100) }
}
