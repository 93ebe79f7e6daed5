// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

@testable import Runbook
@testable import Simulator

/// What a failure says beside what went wrong: the lines around it, what was meant, and who stands in the way.
struct ExplainedFailureTests {
    private func report(_ code: String, _ bench: Bench) async throws -> ScriptFailure {
        guard case .failed(let failure) = try await bench.run(code) else {
            throw Failure(.script, "it did not fail: \(code)")
        }
        return failure
    }

    @Test(arguments: [
        ("prnt('x')", "did you mean `print`?"),
        ("list_vms()", "it is a function of the cluster: pve.list_vms"),
        ("io.open('x')", "scripts see no files"),
        ("dofile('x')", "scripts see no files"),
        ("os.getenv('HOME')", "pass values by --param"),
        ("os.execute('ls')", "scripts start no programs"),
        ("string.fromat('x')", "did you mean `string.format`?"),
        ("pve.vm(101):shutdwn()", "did you mean `shutdown`?"),
        ("local n; n.x = 1", "`n` is nil here"),
        ("local x = = 3", "two compare"),
        ("pve:list_vms()", "call it with a dot, not with a colon: pve.list_vms("),
        ("pve.vm(1101)", "did you mean 101 (web-1)"),
    ])
    func aCommonMistakeIsToldWhatWasMeant(code: String, hint: String) async throws {
        let failure = try await report(code, try Bench())
        #expect(failure.failure.hint?.contains(hint) == true, "\(failure.failure)")
        #expect(failure.source?.text == code)
    }

    @Test func theLinesAroundAreShownAndTheWordIsMarked() async throws {
        let source = try #require(
            await report("local a = 1\n\tprnt(a) -- \u{1b}[2J\nreturn a\n", try Bench()).source)
        #expect(source.lines.map(\.number) == [1, 2, 3])
        #expect(source.text.hasPrefix("  prnt(a)") && !source.text.contains("\u{1b}"))
        #expect(source.mark == 2..<6)
    }

    @Test(arguments: [("f:0", "x"), ("f:-1", "x"), ("f:3", "x\ny"), ("f:99999999999999999999", "x"), ("f", "x")])
    func aPlaceThatIsNotThereShowsNothing(location: String, source: String) {
        #expect(SourceExcerpt(location: location, source: Array(source.utf8), message: "m") == nil)
    }

    @Test func aNeighbourThatMayHoldASecretIsNotShown() {
        let source = Array("a()\nb()\nset{ password = 'hunter2' }".utf8)
        #expect(SourceExcerpt(location: "f:2", source: source, message: "m")?.lines.map(\.number) == [1, 2])
    }

    @Test func aWordThatStandsTwiceIsNotMarked() {
        let message = "attempt to call a nil value (global 'f')"
        #expect(SourceExcerpt(location: "f:1", source: Array("f(f)".utf8), message: message)?.mark == nil)
        #expect(SourceExcerpt(location: "f:1", source: Array("if f() end".utf8), message: message)?.mark == 3..<4)
    }

    @Test func aLockedGuestNamesTheTaskThatHoldsIt() async throws {
        let bench = try Bench()
        bench.cluster.update {
            $0.spawn(
                "vzdump", id: "101", node: "pve1", vmid: 101, by: "root@pam",
                parameters: ["vmids": "101", "storage": "local", "mode": "snapshot"])
        }
        let failure = try await report("pve.snapshot(nil, 101, { name = 'before' })", bench).failure
        #expect(failure.kind == .locked)
        #expect(
            failure.hint?.hasPrefix("guest 101 is locked (backup): task UPID:pve1:") == true, "\(failure.json.text)")
        #expect(failure.hint?.contains("started by root@pam") == true)
    }

    @Test func aLockThatNoTaskHoldsIsBlamedOnNone() async throws {
        let bench = try Bench()
        bench.cluster.update { $0.guests[103]?.lock = "backup" }
        let failure = try await report("pve.vm_action(nil, 103, 'start')", bench).failure
        #expect(failure.kind == .locked && failure.hint?.contains("UPID") != true, "\(failure.json.text)")
    }
}
