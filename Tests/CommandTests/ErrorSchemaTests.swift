// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

/// What `docs/schemas/error.json` and `docs/errors.md` promise of errors, held against errors.
struct ErrorSchemaTests {
    private func schema() throws -> JSONValue {
        let file = Places.repository.appendingPathComponent("docs/schemas/error.json")
        return try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    }

    @Test func theSchemaKnowsEveryKind() throws {
        let kinds = try schema()["properties"]?["error"]?["properties"]?["kind"]?["enum"]?.array
        #expect(kinds?.compactMap(\.string) == ErrorKind.allCases.map(\.rawValue))
    }

    @Test(arguments: ErrorKind.allCases)
    func thePageTellsOfEveryKind(kind: ErrorKind) throws {
        let file = Places.repository.appendingPathComponent("docs/errors.md")
        #expect(try String(contentsOf: file, encoding: .utf8).contains("\n| `\(kind.rawValue)` | "))
    }

    @Test(arguments: ErrorKind.allCases)
    func everyMemberOfAFailureIsInTheSchema(kind: ErrorKind) throws {
        var failure = Failure(kind, "m", hint: "h", status: 500, raw: "r")
        failure.fields = [.init("f", "t")]
        (failure.action, failure.cluster, failure.vmid, failure.node) = ("guest.stop", "lab", 101, "pve1")
        (failure.upid, failure.log) = ("UPID:x", ["line"])
        #expect(try schemaFaults(of: failure.json, by: schema()["properties"]?["error"]).isEmpty)
    }

    @Test(arguments: [
        "pve.vm_action(nil, 'abc', 'stop')", "prnt(1)", "x = = 1", "pve.vm(1101)",
        "local function f() error('x') end f()",
        "pve.parallel({ 901, 902 }, pve.vm)",
        "pve.vm_action(nil, 103, 'start'); pve.snapshot(nil, 102, { name = 'x y' })",
        "pve.vm_action(nil, 103, 'start'); pve.on_failure(function() error('no') end); pve.on_failure(print); error('x')",
        "pve.vm_action(nil, 103, 'start'); pve.vm_action(nil, 101, 'stop')",
    ])
    func whatTheProgramPrintsFollowsTheSchema(code: String) async throws {
        let result = try await CommandLineRunner().lua(code, "--format", "json")
        let error = try #require(result.jsonError)
        #expect(try schemaFaults(of: error, by: schema()["properties"]?["error"]).isEmpty, "\(error.text)")
        #expect(error["source"]?.array?.contains { $0["failed"] == true && $0["text"]?.string == code } == true)
    }

    @Test func aWrongArgumentComesWithUsageAndExample() async throws {
        let result = try await CommandLineRunner().lua("pve.vm_action(nil, 'abc', 'stop')", "--format", "json")
        let operation = try #require(OperationTable.named("vm_action"))
        #expect(result.jsonError?["usage"]?.string == operation.usage)
        #expect(result.jsonError?["example"]?.string == operation.example)
    }

    @Test func theCheckFindsWhatDoesNotFit() throws {
        let error = try schema()["properties"]?["error"]
        for text in [
            #"{"kind":"script"}"#, #"{"kind":"odd","message":"m"}"#, #"{"kind":"script","message":"m","x":1}"#,
        ] {
            #expect(try !schemaFaults(of: JSONValue(parsing: text), by: error).isEmpty, "\(text)")
        }
    }
}
