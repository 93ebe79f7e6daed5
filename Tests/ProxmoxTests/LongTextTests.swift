// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// Answers with error texts of megabytes, which a server may send as long as the answer is within its limit.
struct LongTextTests {
    static let filler = String(repeating: "Configuration file 'nodes/x/", count: 100_000)

    private func refusal(_ members: JSONValue) async throws -> Failure {
        let body = String(decoding: members.encoded(), as: UTF8.self)
        let transport = ScriptedTransport([.status(500, "x", body: body)])
        let call = try APICall.get("x")
        return try #require(
            await failure { () async throws(Failure) in try await ProxmoxClient.scripted(transport).send(call) })
    }

    @Test func aLongTextIsJudgedByItsBeginningAndKeptInPart() async throws {
        let found = try await refusal(["data": .null, "message": .string("VM is locked (backup) " + Self.filler)])
        #expect(found.kind == .locked)
        #expect(found.raw?.hasPrefix("VM is locked (backup) Configuration") == true)
        #expect(found.raw?.utf8.count == 8192)
        #expect(found.message.utf8.count <= 2000)
    }

    @Test func manyAndLongFieldsAreKeptInPart() async throws {
        let fields = (0..<5000).map { ("field\($0)", JSONValue.string($0 == 0 ? Self.filler : "no")) }
        let found = try await refusal(["data": .null, "errors": .object(JSONObject(fields))])
        #expect(found.fields.count == 100)
        #expect(found.fields.allSatisfy { $0.text.utf8.count <= 8192 })
        #expect(found.message.utf8.count < 10_000)
    }

    /// Without a bound this takes hours: every pattern looks for its next piece from every place where it begins.
    @Test(arguments: [true, false])
    func theClassifierItselfLooksAtABeginningOnly(_ isTask: Bool) {
        let refusal = Refusal(status: isTask ? nil : 500, text: Self.filler, isTask: isTask)
        let found = ErrorClassifier.classify(refusal)
        #expect(found.kind == (isTask ? .taskFailed : .server))
        #expect(found.raw == Self.filler)
        #expect(found.message.utf8.count <= 2000)
    }
}
