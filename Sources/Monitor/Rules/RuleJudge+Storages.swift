// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension RuleJudge {
    /// The rows that a rule looks at on nodes that are up: of a shared storage all of them, as one.
    private func rows(_ rule: AlertRule, _ verdict: inout Verdict) -> [[StorageSight]] {
        let offline = picture.offline
        for name in offline where rule.covers(node: name) { verdict.blind.append(BlindSpot(rule, .node(name))) }
        if picture.storages.isEmpty,
            let failure = lack(
                ["Datastore.Audit", "Datastore.AllocateSpace"], at: ACLPath("/storage"), "no storage can be seen")
        {
            verdict.blind.append(BlindSpot(rule, .everything, failure))
        }
        var keys: [String] = []
        var groups: [String: [StorageSight]] = [:]
        for row in picture.storages where rule.covers(storage: row.name) && rule.covers(node: row.node) {
            guard !offline.contains(row.node) else { continue }
            if groups[row.key] == nil { keys.append(row.key) }
            groups[row.key, default: []].append(row)
        }
        return keys.compactMap { groups[$0] }
    }

    private func subject(_ row: StorageSight) -> AlertSubject {
        AlertSubject(.storage, row.key, node: row.isShared ? nil : row.node, name: row.name)
    }

    private func words(_ row: StorageSight) -> String {
        "storage \(row.name)" + (row.isShared ? "" : " of node \(row.node)")
    }

    func storageUse(_ rule: AlertRule, _ threshold: AlertThreshold, _ verdict: inout Verdict) {
        for rows in rows(rule, &verdict) {
            guard let first = rows.first else { continue }
            let told = rows.filter(\.isAvailable).compactMap(\.used)
            guard let share = told.max() else {
                verdict.blind.append(BlindSpot(rule, .subject(subject(first).path)))
                continue
            }
            guard share * 100 > threshold.clear else { continue }
            var finding = Finding(
                rule, subject(first), "\(words(first)) is \(Self.percent(share)) % full" + Self.limit(threshold, "%"),
                advice: "remove old backups, snapshots and unused disks, or make it larger",
                value: JSONValue(Self.percent(share)))
            finding.isLingering = share * 100 <= threshold.limit
            verdict.findings.append(finding)
        }
    }

    func storageLoss(_ rule: AlertRule, _ verdict: inout Verdict) {
        let untold = Set(picture.nodes.filter { $0.status != .online }.map(\.name))
        for rows in rows(rule, &verdict) {
            // A node whose pvestatd is dead says this of all its storages.
            let lost = rows.filter { !$0.isAvailable && !untold.contains($0.node) }
            guard let first = lost.first else { continue }
            let names = lost.map(\.node).joined(separator: ", ")
            verdict.findings.append(
                Finding(
                    rule, subject(first),
                    "storage \(first.name) cannot be used on \(first.isShared ? names : first.node)",
                    advice: "on \(first.node): pvesm status"
                        + (Self.isPlain(first.name) ? " --storage \(first.name)" : "")))
        }
    }
}
