// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension RuleJudge {
    func nodes(_ rule: AlertRule, _ verdict: inout Verdict) {
        for node in picture.nodes where node.status != .online && rule.covers(node: node.name) {
            let subject = AlertSubject(.node, node.name, node: node.name, name: node.name)
            guard node.status == .offline else {
                verdict.findings.append(
                    Finding(
                        rule, subject, "node \(node.name) is up but tells nothing of itself",
                        advice: "on \(node.name): systemctl status pvestatd", value: "unknown"))
                continue
            }
            let count = picture.guests.count { $0.node == node.name }
            let guests = count == 0 ? "" : "; \(count) guest\(count == 1 ? "" : "s") on it cannot be judged"
            verdict.findings.append(
                Finding(
                    rule, subject, "node \(node.name) is offline\(guests)",
                    advice: "look at its console and at `pvecm status` on another node", value: "offline"))
        }
    }

    func quorum(_ rule: AlertRule, _ verdict: inout Verdict) {
        switch picture.quorum {
        case .success(true)?, nil: return
        case .failure(let failure)?: verdict.blind.append(BlindSpot(rule, .everything, failure))
        case .success(false)?:
            let offline = picture.nodes.filter { $0.status == .offline }.map(\.name)
            let down = offline.isEmpty ? "" : "; offline: \(offline.joined(separator: ", "))"
            verdict.findings.append(
                Finding(
                    rule, AlertSubject(.cluster, cluster),
                    "cluster \(cluster) has no quorum: nothing can be changed\(down)",
                    advice: "bring nodes back; `pvecm status` on one that is up"))
        }
    }

    func figures(
        _ rule: AlertRule, _ threshold: AlertThreshold, _ figure: KeyPath<NodeSight, Double?>, _ what: String,
        _ verdict: inout Verdict
    ) {
        for node in picture.nodes where rule.covers(node: node.name) {
            guard node.status == .online else {
                verdict.blind.append(BlindSpot(rule, .node(node.name)))
                continue
            }
            guard let share = node[keyPath: figure] else {
                verdict.blind.append(BlindSpot(rule, .node(node.name), Self.noFigures(node.name)))
                continue
            }
            guard share * 100 > threshold.clear else { continue }
            let subject = AlertSubject(.node, node.name, node: node.name, name: node.name)
            let text = "\(what) of node \(node.name) \(what.hasSuffix("s") ? "are" : "is") at \(Self.percent(share)) %"
            var finding = Finding(
                rule, subject, text + Self.limit(threshold, "%"),
                advice:
                    "which guests use it: the node's summary, or pvelua -e 'pve.list_vms{ node = \"\(node.name)\" }'",
                value: JSONValue(Self.percent(share)))
            finding.isLingering = share * 100 <= threshold.limit
            verdict.findings.append(finding)
        }
    }

    func loads(_ rule: AlertRule, _ threshold: AlertThreshold, _ verdict: inout Verdict) {
        for node in picture.nodes where rule.covers(node: node.name) {
            guard let sight = picture.loads[node.name] else {
                verdict.blind.append(BlindSpot(rule, .node(node.name)))
                continue
            }
            switch sight {
            case .failure(let failure): verdict.blind.append(BlindSpot(rule, .node(node.name), failure))
            case .success(let load):
                guard load > threshold.clear else { continue }
                let subject = AlertSubject(.node, node.name, node: node.name, name: node.name)
                let hundredths = Int(max(0, min(load, 1e6)) * 100)
                let shown = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
                var finding = Finding(
                    rule, subject,
                    "load of node \(node.name) is \(shown) for each processor over five minutes"
                        + Self.limit(threshold, ""),
                    advice: "on \(node.name): top, and iostat for disks that cannot keep up",
                    value: .number(Double(hundredths) / 100))
                finding.isLingering = load <= threshold.limit
                verdict.findings.append(finding)
            }
        }
    }

    static func limit(_ threshold: AlertThreshold, _ unit: String) -> String {
        let number = JSONValue.number(threshold.limit).text
        return " (limit \(number)\(unit.isEmpty ? "" : " " + unit))"
    }

    static func noFigures(_ node: String) -> Failure {
        Failure(
            .permission, "node \(node) comes without figures",
            hint: "grant Sys.Audit at /nodes/\(node), or look whether pvestatd runs there")
    }
}
