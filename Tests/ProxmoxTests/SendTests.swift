// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// What becomes of a call: envelopes, retries, hosts, and that a write is sent at most once.
struct SendTests {
    private func call(_ method: HTTPMethod) throws -> APICall { APICall(method, try APIPath("nodes", "pve1", "x")) }

    @Test func dataAndTotalAreReadFromTheEnvelope() async throws {
        let transport = ScriptedTransport([.json("[1,2]", total: 74)])
        let answer = try await ProxmoxClient.scripted(transport).send(call(.get))
        #expect(answer.data == [1, 2])
        #expect(answer.total == 74)
        #expect(String(decoding: answer.body, as: UTF8.self) == #"{"data":[1,2],"total":74}"#)
    }

    @Test func dataMayBeNull() async throws {
        let transport = ScriptedTransport([.json("null")])
        #expect(try await ProxmoxClient.scripted(transport).send(call(.put)).data == .null)
    }

    @Test(arguments: ["", "<html>login</html>", "{}", "[]", "null", #"{"message":"x"}"#, #"{"data":"#, "\u{1b}[31m"])
    func answersWithoutDataAreNotBelieved(_ body: String) async throws {
        for (method, kind) in [(HTTPMethod.get, ErrorKind.server), (.post, .outcomeUnknown)] {
            let transport = ScriptedTransport([.status(200, "OK", body: body)])
            let call = try call(method)
            let found = await failure { () async throws(Failure) in
                try await ProxmoxClient.scripted(transport).send(call)
            }
            #expect(found?.kind == kind)
            #expect(found?.status == 200)
            #expect(found?.raw?.contains("\u{1b}") == false)
            #expect(transport.seen.count == 1)
        }
    }

    @Test func theBodysMessageWinsOverTheReason() async throws {
        let body = #"{"data":null,"message":"VM is locked (backup)\nsecond line\n","errors":{"b":"x\n","a":"y"}}"#
        let transport = ScriptedTransport([.status(500, "VM is locked (backup)", body: body)])
        let call = try call(.post)
        let found = await failure { () async throws(Failure) in try await ProxmoxClient.scripted(transport).send(call) }
        #expect(found?.kind == .locked)
        #expect(found?.raw == "VM is locked (backup)\nsecond line")
        #expect(found?.fields == [Failure.Field("a", "y"), Failure.Field("b", "x")])
    }

    @Test func olderServersSayItInTheReasonOnly() async throws {
        let transport = ScriptedTransport([.status(500, "VM is locked (backup)", body: #"{"data":null}"#)])
        let call = try call(.post)
        let found = await failure { () async throws(Failure) in try await ProxmoxClient.scripted(transport).send(call) }
        #expect(found?.kind == .locked)
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        var name: String
        var answer: ScriptedTransport.Answer
        var readKind: ErrorKind
        var writeKind: ErrorKind
        var isRepeatedForReads: Bool
        /// Whether a write may go to the next host: only where no connection could be made.
        var isUnconnected = false
        var testDescription: String { name }
    }

    static let troubles: [Trouble] = [
        Trouble(
            name: "connect", answer: .broken(.connect, sent: false), readKind: .connection, writeKind: .connection,
            isRepeatedForReads: true, isUnconnected: true),
        Trouble(
            name: "connect, sent", answer: .broken(.connect, sent: true), readKind: .connection,
            writeKind: .outcomeUnknown, isRepeatedForReads: true),
        Trouble(
            name: "tls", answer: .broken(.tls, sent: false), readKind: .tls, writeKind: .tls,
            isRepeatedForReads: false),
        Trouble(
            name: "tls, sent", answer: .broken(.tls, sent: true), readKind: .tls, writeKind: .outcomeUnknown,
            isRepeatedForReads: false),
        Trouble(
            name: "timeout", answer: .broken(.timeout, sent: true), readKind: .connection,
            writeKind: .outcomeUnknown, isRepeatedForReads: true),
        Trouble(
            name: "timeout, unsent", answer: .broken(.timeout, sent: false), readKind: .connection,
            writeKind: .connection, isRepeatedForReads: true),
        Trouble(
            name: "reset", answer: .broken(.reset, sent: true), readKind: .connection, writeKind: .outcomeUnknown,
            isRepeatedForReads: true),
        Trouble(
            name: "reset, unsent", answer: .broken(.reset, sent: false), readKind: .connection,
            writeKind: .connection, isRepeatedForReads: true),
        Trouble(
            name: "garbled", answer: .broken(.garbled, sent: true), readKind: .server, writeKind: .outcomeUnknown,
            isRepeatedForReads: false),
        Trouble(
            name: "too large", answer: .broken(.tooLarge, sent: true), readKind: .server,
            writeKind: .outcomeUnknown, isRepeatedForReads: false),
        Trouble(
            name: "cancelled", answer: .broken(.cancelled, sent: true), readKind: .cancelled,
            writeKind: .outcomeUnknown, isRepeatedForReads: false),
        Trouble(
            name: "cancelled, unsent", answer: .broken(.cancelled, sent: false), readKind: .cancelled,
            writeKind: .cancelled, isRepeatedForReads: false),
        Trouble(
            name: "401", answer: .status(401, "No ticket"), readKind: .auth, writeKind: .auth,
            isRepeatedForReads: false),
        Trouble(
            name: "403", answer: .status(403, "Permission check failed"), readKind: .permission,
            writeKind: .permission, isRepeatedForReads: false),
        Trouble(
            name: "500", answer: .status(500, "got nothing"), readKind: .server, writeKind: .server,
            isRepeatedForReads: false),
        Trouble(
            name: "500 busy", answer: .status(500, "can't lock file 'x' - got timeout"), readKind: .busy,
            writeKind: .busy, isRepeatedForReads: false),
        Trouble(
            name: "595", answer: .status(595, "Connection refused"), readKind: .nodeUnreachable,
            writeKind: .nodeUnreachable, isRepeatedForReads: true),
        Trouble(
            name: "596", answer: .status(596, "Connection timed out"), readKind: .nodeUnreachable,
            writeKind: .outcomeUnknown, isRepeatedForReads: true),
        Trouble(
            name: "596 tls", answer: .status(596, "certificate verify failed"), readKind: .tls, writeKind: .tls,
            isRepeatedForReads: false),
        Trouble(
            name: "599", answer: .status(599, "x"), readKind: .nodeUnreachable, writeKind: .outcomeUnknown,
            isRepeatedForReads: true),
        Trouble(
            name: "502", answer: .status(502, "Bad Gateway"), readKind: .connection, writeKind: .outcomeUnknown,
            isRepeatedForReads: true),
        Trouble(
            name: "no JSON", answer: .status(200, "OK", body: "x"), readKind: .server, writeKind: .outcomeUnknown,
            isRepeatedForReads: false),
    ]

    @Test(arguments: troubles, [HTTPMethod.post, .put, .delete])
    func writesAreSentNeverMoreThanOnce(_ trouble: Trouble, _ method: HTTPMethod) async throws {
        let first = ScriptedTransport([trouble.answer, .json("null")])
        let second = ScriptedTransport([trouble.answer, .json("null")])
        let client = ProxmoxClient.scripted(first, second)
        let call = try call(method)
        let found = await failure { () async throws(Failure) in try await client.send(call) }
        #expect(found?.kind == trouble.writeKind)
        #expect(first.seen.count == 1)
        #expect(second.seen.count == (trouble.isUnconnected ? 1 : 0))
    }

    @Test(arguments: troubles)
    func readsAreRepeatedWhereThatMayHelp(_ trouble: Trouble) async throws {
        let clock = VirtualClock()
        let first = ScriptedTransport([trouble.answer])
        let second = ScriptedTransport([trouble.answer])
        let call = try call(.get)
        let client = ProxmoxClient.scripted(first, second, clock: clock)
        let found = await failure { () async throws(Failure) in try await client.send(call) }
        #expect(found?.kind == trouble.readKind)
        #expect(first.seen.count == (trouble.isRepeatedForReads ? 2 : 1))
        #expect(second.seen.count == (trouble.isRepeatedForReads ? 2 : 0))
        #expect(clock.slept == (trouble.isRepeatedForReads ? [.milliseconds(150), .milliseconds(300)] : []))
    }

    @Test func aReadSucceedsOnTheNextHostWhichIsThenAskedFirst() async throws {
        let first = ScriptedTransport([.broken(.connect, sent: false)])
        let second = ScriptedTransport([.json("1")])
        let client = ProxmoxClient.scripted(first, second)
        #expect(try await client.send(call(.get)).data == 1)
        #expect(try await client.send(call(.get)).data == 1)
        #expect(first.seen.count == 1)
        #expect(second.seen.count == 2)
    }

    @Test func aWriteGoesToTheNextHostWhenNoConnectionCouldBeMade() async throws {
        let first = ScriptedTransport([.broken(.connect, sent: false)])
        let second = ScriptedTransport([.json("1")])
        #expect(try await ProxmoxClient.scripted(first, second).send(call(.post)).data == 1)
        #expect(first.seen.count == 1)
        #expect(second.seen.count == 1)
    }

    @Test func theTimeOfAReadIsBoundedInAll() async throws {
        let clock = VirtualClock()
        let transport = ScriptedTransport { request, _ in
            clock.advance(request.timeout)
            return .broken(.timeout, sent: true)
        }
        let call = try call(.get)
        let client = ProxmoxClient.scripted(transport, clock: clock)
        let found = await failure { () async throws(Failure) in try await client.send(call) }
        #expect(found?.kind == .connection)
        // The second attempt gets what the first and the pause have left of twice thirty seconds.
        #expect(transport.seen.map(\.timeout) == [.seconds(30), .milliseconds(29_850)])
        #expect(clock.now() == .seconds(60))
    }

    @Test func aCallThatMayTakeLongIsGivenItsTimeOnce() async throws {
        let clock = VirtualClock()
        let transport = ScriptedTransport { request, _ in
            clock.advance(request.timeout)
            return .broken(.timeout, sent: true)
        }
        let call = APICall(.get, try APIPath("slow"), timeout: .seconds(600))
        let client = ProxmoxClient.scripted(transport, clock: clock)
        _ = await failure { () async throws(Failure) in try await client.send(call) }
        #expect(transport.seen.map(\.timeout) == [.seconds(600)])
    }

    @Test func pausesGrowAndVaryWithinBounds() {
        let settings = ClientSettings(jitter: { 1 })
        #expect(settings.pause(before: 1) == .milliseconds(200))
        #expect(settings.pause(before: 3) == .milliseconds(800))
        #expect(settings.pause(before: 50) == .seconds(2))
        #expect(ClientSettings(jitter: { 0 }).pause(before: 1) == .milliseconds(100))
        #expect(ClientSettings(jitter: { -5 }).pause(before: .min) == .milliseconds(100))
    }

    @Test func withoutHostsNothingCanBeSent() async throws {
        let call = try call(.get)
        let found = await failure { () async throws(Failure) in try await ProxmoxClient.scripted().send(call) }
        #expect(found?.kind == .config)
    }

    @Test func aReadIsNotRepeatedForACallerWhoGaveUp() async throws {
        let transport = ScriptedTransport([.broken(.reset, sent: true)])
        let call = try call(.get)
        let work = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { () async throws(Failure) in try await ProxmoxClient.scripted(transport).send(call) }
        }
        #expect(await work.value?.kind == .cancelled)
        #expect(transport.seen.count == 1)
    }
}
