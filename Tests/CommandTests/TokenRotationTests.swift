// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Simulator
import Synchronization
import Testing

@testable import Commands

struct TokenRotationTests {
    let bench: TokenBench
    let files = MemoryFiles()

    init() throws { bench = try TokenBench() }

    private func rotation(_ calls: FaultyCalls, failing: String? = nil) throws -> TokenRotation {
        TokenRotation(
            old: try TokenIdentity(user: "t@pve", name: "runbooks"),
            oldClient: try bench.makeClient("t@pve!runbooks", Secret(TokenBench.oldSecret)), client: bench.root,
            calls: calls, makeClient: bench.makeClient, files: files.files(failing: failing))
    }

    @Test func theNewOneIsTriedAndInPlaceBeforeTheOldOneGoes() async throws {
        let calls = FaultyCalls(bench.root)
        let rotation = try rotation(calls)
        let plan = try await rotation.plan()
        let outcome = try await rotation.run(plan)
        #expect(outcome.new.description == "t@pve!runbooks-2")
        #expect(outcome.leftovers == [])
        #expect(calls.lines == plan.calls.map(\.plainText))
        #expect(calls.lines.first == "POST /access/users/t@pve/token/runbooks-2 privsep=1")
        #expect(calls.lines.last == "DELETE /access/users/t@pve/token/runbooks")
        #expect(try await bench.tokens() == ["runbooks-2"])
        let content = files.content.withLock { $0 }
        #expect(content.configured == "t@pve!runbooks-2")
        #expect(content.secrets.keys.sorted() == ["/runbooks-2"])
        let secret = content.secrets["/runbooks-2"] ?? ""
        #expect(try await bench.isLetIn("t@pve!runbooks-2", secret))
        #expect(!(try await bench.isLetIn("t@pve!runbooks", TokenBench.oldSecret)))
        #expect(try await bench.makeClient("t@pve!runbooks-2", Secret(secret)).permissions() == plan.permissions)
    }

    @Test func theNextTimeTheNumberGoesUp() async throws {
        let first = try rotation(FaultyCalls(bench.root))
        let made = try await first.run(try await first.plan())
        let secret = files.content.withLock { $0.secrets["/runbooks-2"] ?? "" }
        var again = try rotation(FaultyCalls(bench.root))
        again = TokenRotation(
            old: made.new, oldClient: try bench.makeClient(made.new.description, Secret(secret)), client: bench.root,
            calls: FaultyCalls(bench.root), makeClient: bench.makeClient, files: files.files())
        #expect(try await again.plan().new.name == "runbooks-3")
    }

    /// One step that goes wrong: which call, whether it had its effect, or which file.
    struct Case: Sendable, CustomStringConvertible {
        var call: Int?
        var hasEffect = false
        var file: String?
        var kind = ErrorKind.server
        var words: String
        var description: String { "\(call.map(String.init) ?? file ?? "") \(hasEffect) \(kind)" }
    }

    static let beforeTheSwitch = [
        Case(call: 1, kind: .permission, words: "nothing was changed"),
        Case(call: 1, kind: .outcomeUnknown, words: "taken back"),
        Case(call: 1, hasEffect: true, kind: .outcomeUnknown, words: "taken back"),
        Case(call: 2, kind: .permission, words: "taken back"),
        Case(call: 2, hasEffect: true, kind: .outcomeUnknown, words: "taken back"),
        Case(call: 3, kind: .noQuorum, words: "taken back"), Case(file: "store", kind: .config, words: "taken back"),
        Case(file: "switch", kind: .config, words: "taken back"),
    ]

    @Test(arguments: beforeTheSwitch)
    func whatGoesWrongBeforeTheSwitchLeavesEverythingAsItWas(fault: Case) async throws {
        let calls = FaultyCalls(
            bench.root,
            fault.call.map { .init(number: $0, hasEffect: fault.hasEffect, failure: Failure(fault.kind, "it broke")) })
        let rotation = try rotation(calls, failing: fault.file)
        let plan = try await rotation.plan()
        do {
            _ = try await rotation.run(plan)
            Issue.record("did not fail")
        } catch {
            #expect(error.kind == fault.kind)
            #expect(error.message.contains("the old token t@pve!runbooks still works"), "\(error.message)")
            #expect(error.message.contains(fault.words), "\(error.message)")
        }
        #expect(try await bench.tokens() == ["runbooks"])
        #expect(try await bench.isLetIn("t@pve!runbooks", TokenBench.oldSecret))
        let content = files.content.withLock { $0 }
        #expect(content.configured == "t@pve!runbooks")
        #expect(content.secrets == ["/old": TokenBench.oldSecret])
    }

    @Test func aFileThatWasThereBeforeIsLeftAlone() async throws {
        files.content.withLock { $0.secrets["/runbooks-2"] = "precious" }
        let rotation = try rotation(FaultyCalls(bench.root), failing: "store")
        let plan = try await rotation.plan()
        await #expect(throws: Failure.self) { try await rotation.run(plan) }
        #expect(files.content.withLock { $0.secrets["/runbooks-2"] } == "precious")
        #expect(try await bench.tokens() == ["runbooks"])
    }

    @Test func aNewTokenThatMayLessIsTakenBack() async throws {
        let calls = FaultyCalls(bench.root)
        let rotation = try rotation(calls)
        var plan = try await rotation.plan()
        plan.grants.removeLast()
        do {
            _ = try await rotation.run(plan)
            Issue.record("did not fail")
        } catch {
            #expect(error.message.contains("may not do the same"))
        }
        #expect(try await bench.tokens() == ["runbooks"])
    }

    @Test func whatCannotBeTakenBackIsNamed() async throws {
        // The grant fails, and so does the removal of the new token, by a cluster that lost its quorum on the way.
        let rotation = try rotation(
            FaultyCalls(bench.root, .init(number: 2, hasEffect: false, failure: Failure(.noQuorum, "no quorum"))))
        let plan = try await rotation.plan()
        bench.cluster.inject(Fault(.status(500, "no quorum"), method: .delete, path: "*", count: 9))
        do {
            _ = try await rotation.run(plan)
            Issue.record("did not fail")
        } catch {
            #expect(error.message.contains("the token t@pve!runbooks-2 exists"), "\(error.message)")
            #expect(error.message.contains("pveum user token remove t@pve runbooks-2"), "\(error.message)")
        }
        #expect(try await bench.tokens() == ["runbooks", "runbooks-2"])
    }

    @Test func anOldTokenThatWillNotGoIsToldOfWithTheNewOneInUse() async throws {
        for hasEffect in [false, true] {
            let bench = try TokenBench()
            let files = MemoryFiles()
            func rotation(_ fault: FaultyCalls.Fault?) throws -> TokenRotation {
                TokenRotation(
                    old: try TokenIdentity(user: "t@pve", name: "runbooks"),
                    oldClient: try bench.makeClient("t@pve!runbooks", Secret(TokenBench.oldSecret)),
                    client: bench.root, calls: FaultyCalls(bench.root, fault), makeClient: bench.makeClient,
                    files: files.files())
            }
            let plan = try await rotation(nil).plan()
            #expect(plan.calls.count == 4)
            let lost = Failure(.outcomeUnknown, "no answer")
            let counted = try rotation(.init(number: plan.calls.count, hasEffect: hasEffect, failure: lost))
            do {
                let outcome = try await counted.run(plan)
                #expect(hasEffect, "the removal went through, only its answer was lost")
                #expect(outcome.leftovers == [])
            } catch {
                #expect(!hasEffect)
                #expect(error.message.contains("t@pve!runbooks-2 is in use now"), "\(error.message)")
                #expect(error.message.contains("still works"))
                #expect(error.hint?.contains("pveum user token remove t@pve runbooks") == true)
            }
            #expect(files.content.withLock { $0.configured } == "t@pve!runbooks-2")
        }
    }

    @Test func anOldSecretThatStaysIsToldOf() async throws {
        let rotation = try rotation(FaultyCalls(bench.root), failing: "remove")
        let outcome = try await rotation.run(try await rotation.plan())
        #expect(outcome.leftovers.count == 1)
    }

    @Test func aTokenThatMayNotLookAfterTokensSaysSo() async throws {
        let own = try bench.makeClient("t@pve!runbooks", Secret(TokenBench.oldSecret))
        let rotation = TokenRotation(
            old: try TokenIdentity(user: "t@pve", name: "runbooks"), oldClient: own, client: own,
            calls: FaultyCalls(own), makeClient: bench.makeClient, files: files.files())
        do {
            _ = try await rotation.plan()
            Issue.record("did not fail")
        } catch {
            #expect(error.kind == .permission)
            #expect(error.hint?.contains("--with") == true)
        }
    }
}
