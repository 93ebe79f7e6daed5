// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

extension RuleJudge {
    func tasks(_ rule: AlertRule, _ types: [Glob], _ within: Double, _ verdict: inout Verdict) {
        var last: [String: (row: TaskRow, subject: AlertSubject)] = [:]
        for node in picture.nodes where rule.covers(node: node.name) {
            guard let sight = picture.tasks[node.name] else {
                verdict.blind.append(BlindSpot(rule, .node(node.name)))
                continue
            }
            guard case .success(let rows) = sight else {
                if case .failure(let failure) = sight {
                    verdict.blind.append(BlindSpot(rule, .node(node.name), failure))
                }
                continue
            }
            let path = ACLPath("/nodes/\(node.name)")
            if let failure = lack(["Sys.Audit"], at: path, "only own tasks of node \(node.name) can be seen") {
                verdict.blind.append(BlindSpot(rule, .node(node.name), failure))
            }
            for row in rows {
                guard let end = row.endTime, picture.time - Double(end) <= within,
                    types.isEmpty || types.contains(where: { $0.matches(row.upid.type) })
                else { continue }
                let subject = Self.subject(row.upid)
                // Of several tries only the last one counts: one that went well ends the alert.
                if let known = last[subject.path], (known.row.endTime ?? 0) >= end { continue }
                last[subject.path] = (row, subject)
            }
        }
        for (row, subject) in last.values.sorted(by: { $0.subject.path < $1.subject.path }) {
            guard let words = Self.failureWords(row.status) else { continue }
            let about = row.upid.id.isEmpty ? "" : " \(row.upid.id)"
            var finding = Finding(
                rule, subject, "task \(row.upid.type)\(about) on \(row.upid.node) failed: \(words)",
                advice: Self.isPlain(row.upid.description)
                    ? "its log: pvelua -e 'pve.api.get(\"/nodes/\(row.upid.node)/tasks/\(row.upid)/log\")'"
                    : "look at its log",
                value: .string(Finding.line(words)))
            finding.occurrence = row.upid.description
            verdict.findings.append(finding)
        }
    }

    /// Tasks of one type about one thing; those about nothing in particular belong to their node.
    private static func subject(_ upid: UPID) -> AlertSubject {
        let node = upid.node.rawValue
        return AlertSubject(
            .task, Finding.line("\(upid.type)/\(upid.id.isEmpty ? node : upid.id)"), node: node, vmid: Int(upid.id),
            name: Finding.line(upid.type))
    }

    private static func failureWords(_ status: TaskStatus) -> String? {
        switch status {
        case .running, .ok, .warnings: nil
        case .error, .unknown: status.text
        }
    }

    func certificates(_ rule: AlertRule, _ within: Double, _ verdict: inout Verdict) {
        var seen: Set<String> = []
        for node in picture.nodes where rule.covers(node: node.name) {
            guard let sight = picture.slow.certificates[node.name] else {
                verdict.blind.append(BlindSpot(rule, .node(node.name)))
                continue
            }
            guard case .success(let rows) = sight else {
                if case .failure(let failure) = sight {
                    verdict.blind.append(BlindSpot(rule, .node(node.name), failure))
                }
                continue
            }
            for row in rows where row.end - picture.time < within {
                // The authority's is the same on every node.
                let isAuthority = row.file == "pve-root-ca.pem"
                if isAuthority, !seen.insert(row.fingerprint).inserted { continue }
                let id = Finding.line(isAuthority ? row.file : "\(node.name)/\(row.file)")
                let left = row.end - picture.time
                let end = left <= 0 ? "ended \(Self.age(-left)) ago" : "ends in \(Self.age(left))"
                verdict.findings.append(
                    Finding(
                        rule, AlertSubject(.certificate, id, node: isAuthority ? nil : node.name, name: row.file),
                        "certificate \(row.file)\(isAuthority ? "" : " of node \(node.name)") \(end)",
                        advice: row.file == "pveproxy-ssl.pem"
                            ? "on \(node.name): pvenode acme cert renew, or put a new one there"
                            : "on \(node.name): pvecm updatecerts --force",
                        value: JSONValue(UTCTime.text(row.end))))
            }
        }
    }
}
