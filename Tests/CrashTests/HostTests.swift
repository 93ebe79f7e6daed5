// SPDX-License-Identifier: Apache-2.0
import Foundation
import Journal
import TestSupport
import Testing

/// What is killed while the real `pvelua` runs against the real `pvelua-sim`.
struct HostCase: Sendable, CustomStringConvertible {
    enum Victim: String, Sendable { case host, worker, connection, server }

    var victim: Victim
    var seed: UInt64

    var description: String { "\(victim) \(seed)" }

    /// As many as `PVELUA_CRASHES` says, else a few; mostly hosts.
    static let all: [HostCase] = {
        let asked = ProcessInfo.processInfo.environment["PVELUA_CRASHES"].flatMap { Int($0) }
        return (0..<(asked ?? 12)).map { number in
            let victim: Victim =
                switch number % 6 {
                case 3: .worker
                case 4: .connection
                case 5: .server
                default: .host
                }
            return HostCase(victim: victim, seed: UInt64(number) &* 7919 &+ 1)
        }
    }()
}

/// Processes that are really killed, at instants that nobody chose.
struct HostTests {
    static let script = """
        for _, vmid in ipairs{ 103, 111 } do print(vmid, pve.vm_action(nil, vmid, "start").status) end
        pve.vm(101):snapshot{ name = "first" }
        pve.vm(102):snapshot{ name = "second" }
        pve.configure(nil, 100, { set = { description = "by a runbook" } })
        print(103, pve.vm_action(nil, 103, "stop").status)
        print(101, pve.vm(101):migrate("pve2").node)
        pve.tag(101, "moved")
        print("finished")
        """
    static let printed = "103\trunning\n111\trunning\n103\tstopped\n101\tpve2\nfinished\n"
    static let expected = [
        "qmstart 103": 1, "vzstart 111": 1, "qmsnapshot 101": 1, "qmsnapshot 102": 1, "qmstop 103": 1,
        "qmigrate 101": 1, "PUT /api2/json/nodes/pve2/qemu/100/config": 1,
        "PUT /api2/json/nodes/pve2/qemu/101/config": 1,
    ]

    @Test(.timeLimit(.minutes(20)), arguments: HostCase.all)
    func aKilledProcessLosesNothingAndDoesNothingTwice(_ test: HostCase) async throws {
        var random = SplitMix(seed: test.seed)
        let bench = try await HostBench(Self.script)
        let arguments = ["run", bench.script.path]
        var child = try bench.start(arguments, "first")
        try await Task.sleep(for: .milliseconds(100 + random.below(2400)))
        switch test.victim {
        case .host: child.signal(SIGKILL)
        case .worker: bench.killWorker()
        case .connection:
            let effect = random.pick(["drop-after-effect", "drop-before-effect", "reset"])
            _ = try await bench.server.control(
                "/sim/faults", body: #"{"method":"POST","effect":"\#(effect)","path":"*","count":1}"#)
        case .server: try await bench.interruptServer(milliseconds: random.below(1500))
        }
        var ending = try await bench.ending(child, "first")
        var attempts = 0
        while ending.status != 0, ending.status != 27, attempts < 5 {
            attempts += 1
            let run = try bench.journal().runs(limit: 1).first
            child = try bench.start(run.map { ["runs", "resume", $0.id] } ?? arguments, "resume-\(attempts)")
            // Now and then the one that resumes is killed as well.
            if attempts == 1, random.below(3) == 0 {
                try await Task.sleep(for: .milliseconds(50 + random.below(1500)))
                child.signal(SIGKILL)
            }
            ending = try await bench.ending(child, "resume-\(attempts)")
        }
        let changes = try await bench.changes()
        let steps = try bench.journal().runs(limit: 9).map { try bench.journal().steps(of: $0.id) }.joined()
        let note = Comment(
            rawValue: "\(test): \(ending)\n\(changes)\n\(steps.map { "\($0.sequence) \($0.state) \($0.intent.path)" })")
        for (change, count) in changes { #expect(count <= Self.expected[change] ?? 0, note) }
        if ending.status == 27 {
            #expect(steps.contains { $0.state == .inDoubt }, note)
        } else {
            #expect(ending.status == 0, note)
            #expect(ending.output == Self.printed, note)
            #expect(changes == Self.expected, note)
            #expect(steps.filter { !$0.state.isSettled }.isEmpty, note)
        }
    }

    @Test func aHostThatNobodyKillsDoesWhatIsExpected() async throws {
        let bench = try await HostBench(Self.script)
        let begun = ContinuousClock.now
        let ending = try await bench.ending(try bench.start(["run", bench.script.path], "first"), "first")
        print("not killed: \(ContinuousClock.now - begun)")
        #expect(ending.status == 0, "\(ending)")
        #expect(ending.output == Self.printed)
        let changes = try await bench.changes()
        #expect(changes == Self.expected)
    }
}
