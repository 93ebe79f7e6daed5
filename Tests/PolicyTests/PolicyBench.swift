// SPDX-License-Identifier: Apache-2.0
import Glibc
import Model
import Policy
import Testing

/// How long judging takes with 500 rules.
///
/// It asserts nothing about time, and runs only when asked for:
/// `PVELUA_BENCH=1 swift test -c release --filter PolicyBench`.
struct PolicyBench {
    @Test(.enabled(if: getenv("PVELUA_BENCH") != nil))
    func measuresFiveHundredRules() throws {
        var lines = [
            "version: 1", "sets: { prod: { pool: [web, db] } }", "rules:",
            "  - { id: all, actions: [\"*\"], effect: allow }",
        ]
        let conditions = [
            "tag: [\"crown-*\", \"*-prod\"]", "vmid: N00-N99", "name: \"*db*N\"", "node: pveN", "pool: poolN",
            "storage: \"cephN*\"", "set: prod, status: paused", "lock: backup",
            "during: { days: [mon-fri], from: \"22:00\", to: \"06:00\", zone: Europe/Berlin }",
        ]
        for index in 0..<499 {
            let condition = conditions[index % conditions.count].replacing("N", with: "\(index % 90 + 1)")
            let actions = index % 3 == 0 ? "\"*\"" : index % 3 == 1 ? "\"guest.*\"" : "guest.stop"
            lines.append("  - { id: r\(index), actions: [\(actions)], where: { \(condition) }, effect: confirm }")
        }
        let clock = ContinuousClock()
        var policy: PolicySet?
        let loading = try clock.measure { policy = try PolicySet.load(yaml: lines.joined(separator: "\n"), file: "p") }
        let set = try #require(policy)
        let guest = PolicyGuest(
            vmid: 101, name: "web-db-1", node: "pve1", pool: "web", tags: ["web", "front", "team-a"], kind: .qemu,
            status: "running", isTemplate: false, lock: "", haState: "")
        let question = PolicyQuestion(
            actions: ["guest.stop", "guest.config"], caller: .human, guest: guest, cluster: "lab", storages: ["local"],
            time: 1_795_000_000)
        var times: [Duration] = []
        var reasons = 0
        for _ in 0..<20_000 { times.append(clock.measure { reasons = set.evaluate(question).reasons.count }) }
        times.sort()
        print(
            "500 rules: loaded in \(loading), \(reasons) reasons; median \(times[10_000]), p99 \(times[19_800]), most "
                + "\(times[19_999])")
    }
}
