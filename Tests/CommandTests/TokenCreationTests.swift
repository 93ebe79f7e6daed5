// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Proxmox
import Simulator
import TestSupport
import Testing

@testable import Commands

struct TokenCreationTests {
    let bench: TokenBench
    let home: TemporaryFolder

    init() throws {
        bench = try TokenBench()
        home = try TemporaryFolder()
    }

    private var secretPath: String { home.url.appendingPathComponent("new.token").path }

    private func creation(
        _ operations: [String], calls: FaultyCalls? = nil, adjust: (inout TokenWish) -> Void = { _ in }
    ) throws -> TokenCreation {
        var wish = TokenWish()
        wish.operations = operations
        adjust(&wish)
        return TokenCreation(
            plan: try TokenPlan(wish), client: bench.root, calls: calls ?? FaultyCalls(bench.root),
            makeClient: bench.makeClient, secretFile: secretPath)
    }

    @Test func whatIsMadeMayDoWhatWasWantedAndNothingElse() async throws {
        let creation = try creation(["vm_action"]) { $0.pools = ["web"] }
        let made = try await creation.run(try await creation.remaining())
        let client = try bench.makeClient("automation@pve!runbooks", made.secret)
        #expect(try await client.resources(type: .vm).allSatisfy { $0.pool == "web" })
        _ = try await client.send(APICall(.post, try APIPath(parsing: "/nodes/pve1/qemu/101/status/shutdown")))
        await #expect(throws: Failure.self) {
            try await client.send(APICall(.post, try APIPath(parsing: "/nodes/pve2/qemu/100/status/shutdown")))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: secretPath)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(
            try String(contentsOfFile: secretPath, encoding: .utf8)
                == made.secret.reveal { String(decoding: $0, as: UTF8.self) } + "\n")
    }

    @Test func whatIsThereAlreadyIsLeftAsItIs() async throws {
        let first = try creation(["vm_action"])
        _ = try await first.run(try await first.remaining())
        let second = try creation(["vm_action"]) { $0.tokenName = "second" }
        let lines = try await second.remaining().map(\.command)
        #expect(!lines.contains { $0.hasPrefix("pveum role add") || $0.hasPrefix("pveum user add ") })
    }

    @Test func aTokenThatExistsIsNotMadeAgain() async throws {
        let creation = try creation(["vm_action"]) {
            $0.user = "t@pve"
            $0.tokenName = "runbooks"
        }
        await #expect(throws: Failure.self) { try await creation.remaining() }
    }

    @Test func aRoleOfThatNameWithOtherRightsIsAConflict() async throws {
        let first = try creation(["vm_action"])
        _ = try await first.run(try await first.remaining())
        do {
            _ = try await creation(["snapshot"]) { $0.tokenName = "other" }.remaining()
            Issue.record("did not fail")
        } catch {
            let failure = error as any Error as? Failure
            #expect(failure?.kind == .conflict)
            #expect(failure?.hint?.contains("--role") == true)
        }
    }

    @Test(arguments: 1...5)
    func whatWasDoneBeforeAFailureIsTold(number: Int) async throws {
        let calls = FaultyCalls(
            bench.root, .init(number: number, hasEffect: false, failure: Failure(.noQuorum, "no quorum")))
        let creation = try creation(["vm_action"], calls: calls)
        do {
            _ = try await creation.run(try await creation.remaining())
            Issue.record("did not fail")
        } catch {
            let failure = error as any Error as? Failure
            let hint = failure?.hint ?? ""
            #expect(failure?.kind == .noQuorum)
            #expect(hint.contains("done before that: pveum role add") == (number > 1), "\(hint)")
            #expect(hint.contains(secretPath) == (number > 3), "\(hint)")
        }
        #expect(calls.lines.count == number, "nothing is sent after a failure")
    }

    @Test func aSecretFileThatIsThereIsNotOverwritten() async throws {
        _ = try home.write("new.token", "precious\n")
        let creation = try creation(["vm_action"])
        await #expect(throws: Failure.self) { try await creation.run(try await creation.remaining()) }
        #expect(try String(contentsOfFile: secretPath, encoding: .utf8) == "precious\n")
    }

    @Test func nobodyToAskMeansNothingSent() async {
        let consent = AdministrativeConsent(
            prompter: Answers("yes", isPresent: false), style: .init(isEnabled: false))
        await #expect(throws: Failure.self) {
            try await consent.require("x", cluster: "lab", identity: "a", lines: [])
        }
    }

    @Test(arguments: [("yes", true), (" yes ", true), ("y", false), ("", false), ("YES", false), ("yes yes", false)])
    func onlyATypedYesIsOne(answer: String, isYes: Bool) async {
        let consent = AdministrativeConsent(
            prompter: Answers(answer), style: .init(isEnabled: false))
        do throws(Failure) {
            try await consent.require("x", cluster: "lab", identity: "a", lines: [])
            #expect(isYes)
        } catch {
            #expect(!isYes)
            #expect(error.kind == .confirmationRequired)
        }
    }
}

import Terminal

private struct Answers: Prompter {
    let answer: String?
    let isPresent: Bool
    init(_ answer: String?, isPresent: Bool = true) { (self.answer, self.isPresent) = (answer, isPresent) }
    func ask(_ prompt: String, timeout: Double) async -> String? { answer }
}
