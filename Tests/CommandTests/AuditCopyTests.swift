// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import JSON
import Model
import Proxmox
import Terminal
import TestSupport
import Testing

@testable import Commands
@testable import Journal

/// Lines of the audit for people and for the system's log, and the comparison with a cluster's tasks.
struct AuditCopyTests {
    private func row(_ kind: AuditEvent.Kind, _ body: JSONValue, account: String = "alice@ws1") -> AuditRow {
        AuditRow(
            sequence: 7, time: 1_795_000_000, account: account, kind: kind.rawValue, run: "01A", step: 2,
            cluster: "lab", body: body.text, hash: String(repeating: "a", count: 64))
    }

    @Test func hostileTextNeverReachesATerminalOrTheLog() {
        let evil = "web\u{1b}[31m\n<0>kernel: \u{202e}panic"
        let rows = [
            row(
                .decision,
                ["effect": "allow", "request": .string(evil), "guests": [["vmid": 1, "name": .string(evil)]]]),
            row(.freeze, ["by": .string(evil), "reason": .string(evil)], account: evil),
            AuditRow(
                sequence: 1, time: 0, account: evil, kind: evil, run: evil, step: nil, cluster: evil, body: evil,
                hash: evil),
        ]
        for row in rows {
            let line = AuditLine(row: row, style: Style(isEnabled: false)).text
            let logged = SystemLog.line(row, now: 0)
            for text in [line, logged] {
                #expect(!text.contains("\u{1b}") && !text.contains("\n") && !text.contains("\u{202e}"))
            }
            #expect(logged.utf8.count <= 1000 && logged.hasPrefix("<85>"))
        }
    }

    @Test func theSystemsLogGetsOneDatagramARow() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("log").path
        let server = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(server) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        try SystemLog(path: path).send([row(.thaw, [:]), row(.login, ["identity": "a@pam", "outcome": "used"])])
        var lines: [String] = []
        for _ in 0..<2 {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(server, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            lines.append(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self))
        }
        #expect(lines[0].contains("pvelua[\(getpid())]: audit 7 aaaa"))
        #expect(lines[1].hasSuffix("login account=alice@ws1 run=01A step=2 cluster=lab: a@pam used"))
        #expect(throws: Failure.self) { try SystemLog(path: path + "-none").send([row(.thaw, [:])]) }
    }

    @Test func aLineThatWasCutOffSwallowsNoOther() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = AppendOnlyFile(path: try folder.write("anchor", "{\"sequence\":1,\"ti").path)
        try file.append([row(.thaw, [:])])
        let anchors = try file.anchors()
        #expect(anchors.hashes == [7: String(repeating: "a", count: 64)] && anchors.unreadable == 1)
    }

    // MARK: - The cluster's tasks

    private static func upid(_ type: String, _ id: String, at time: Int, user: String = "a@pve!run") -> String {
        let hex = String(time, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: 8 - hex.count) + hex
        return "UPID:pve1:000A1B2C:00DEADBE:\(padded):\(type):\(id):\(user):"
    }

    private func step(_ upid: String, _ state: StepState, _ number: Int = 1) throws -> StepRecord {
        let journal = try SQLiteJournal.inMemory()
        try journal.beginRun(
            RunRecord(id: "01A", cluster: "lab", script: "a", scriptSHA256: "", caller: .human, started: 1))
        _ = try journal.recordIntent(
            run: "01A", StepIntent(actions: ["guest.stop"], method: "POST", path: "x", cluster: "lab"), at: 1)
        try journal.recordAccepted(run: "01A", step: 1, upid: upid, at: 1)
        if state != .accepted { try journal.recordOutcome(run: "01A", step: 1, state, outcome: nil, at: 1) }
        return try #require(try journal.steps(of: "01A").first)
    }

    private func findings(_ steps: [StepRecord], _ rows: [(String, TaskStatus)], since: Double = 1000) throws
        -> [String]
    {
        let rows = try rows.map { TaskRow(upid: try #require(UPID($0.0)), status: $0.1, endTime: 9000) }
        let covers = rows.map(\.upid.startTime).min()
        return TaskComparison(
            identity: "a@pve!run", since: since, steps: steps,
            lists: TaskLists(nodes: ["pve1": .init(rows: rows, covers: covers, problem: nil)])
        ).findings().map { "\($0.kind.rawValue) \($0.upid.split(separator: ":")[5])" }
    }

    @Test func stepsThatNoListCanTellOfAreNamed() throws {
        let step = try step(Self.upid("qmstart", "101", at: 2000), .done)
        func unseen(_ nodes: [String: TaskLists.List]) -> [String] {
            TaskComparison(identity: "a@pve!run", since: 0, steps: [step], lists: TaskLists(nodes: nodes)).unseen
        }
        #expect(
            unseen(["pve1": .init(rows: [], covers: Int.max, problem: nil)])
                == ["the list of pve1 is empty; of its tasks 1 are not judged"])
        #expect(unseen([:]) == ["pve1 is not in the cluster; of its tasks 1 are not judged"])
    }

    @Test func tasksAndStepsAreHeldAgainstEachOther() throws {
        let old = (Self.upid("qmstop", "1", at: 1001, user: "root@pam"), TaskStatus.ok)
        let mine = Self.upid("qmstart", "101", at: 2000)
        #expect(try findings([try step(mine, .done)], [old, (mine, .ok)]).isEmpty)
        #expect(try findings([], [old, (mine, .ok)]) == ["no step qmstart"])
        #expect(try findings([try step(mine, .done)], [old]) == ["no task qmstart"])
        #expect(try findings([try step(mine, .done)], [old, (mine, .error("boom"))]) == ["differs qmstart"])
        #expect(try findings([try step(mine, .accepted)], [old, (mine, .ok)]) == ["differs qmstart"])
        #expect(try findings([try step(mine, .accepted)], [old, (mine, .running)]).isEmpty)
        // What is older than the list, or than asked for, is not judged.
        #expect(try findings([try step(Self.upid("qmstart", "1", at: 1000), .done)], [old]).isEmpty)
        #expect(try findings([], [old, (mine, .ok)], since: 3000).isEmpty)
        #expect(try findings([], [(Self.upid("qmstart", "1", at: 2000, user: "a@pve"), .ok)]).isEmpty, "of another")
    }

    @Test func whatATaskOfOursStartedIsItsOwn() throws {
        let restore = Self.upid("qmrestore", "101", at: 2000)
        let start = Self.upid("qmstart", "101", at: 2100)
        #expect(try findings([try step(restore, .done)], [(restore, .ok), (start, .ok)]).isEmpty)
        let other = Self.upid("qmstart", "102", at: 2100)
        #expect(try findings([try step(restore, .done)], [(restore, .ok), (other, .ok)]) == ["no step qmstart"])
    }
}
