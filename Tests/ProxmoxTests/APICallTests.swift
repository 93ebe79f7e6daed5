// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// How calls look on the wire.
struct APICallTests {
    private func sent(_ call: APICall) async throws -> HTTPRequest {
        let transport = ScriptedTransport([.json("null")])
        _ = try await ProxmoxClient.scripted(transport).send(call)
        return try #require(transport.seen.first)
    }

    static let parameters: [(name: String, value: APIParameter)] = [
        ("tags", .text("a;b=c&d e+f")), ("force", .boolean(true)), ("purge", .boolean(false)),
        ("timeout", .integer(60)),
        ("bwlimit", .number(0.5)), ("description", .text("")), ("command", .list([.text("ls"), .text("-l")])),
    ]

    @Test(arguments: [HTTPMethod.get, .delete])
    func parametersOfRequestsWithoutBodyGoIntoTheQuery(_ method: HTTPMethod) async throws {
        let request = try await sent(APICall(method, APIPath("nodes"), Self.parameters))
        #expect(
            request.target == "/api2/json/nodes?tags=a%3Bb%3Dc%26d%20e%2Bf&force=1&purge=0&timeout=60&bwlimit=0.5"
                + "&description=&command=ls&command=-l")
        #expect(request.body == nil)
        #expect(!request.headers.contains { $0.name == "Content-Type" })
    }

    @Test(arguments: [HTTPMethod.post, .put])
    func parametersOfRequestsWithBodyAreJSON(_ method: HTTPMethod) async throws {
        let request = try await sent(APICall(method, APIPath("nodes"), Self.parameters))
        #expect(request.target == "/api2/json/nodes")
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == #"{"tags":"a;b=c&d e+f","force":1,"purge":0,"timeout":60,"bwlimit":0.5,"description":"","#
                + #""command":["ls","-l"]}"#)
    }

    @Test func aPostWithoutParametersHasNoBody() async throws {
        let request = try await sent(APICall(.post, APIPath("x")))
        #expect(request.body == nil)
        #expect(!request.headers.contains { $0.name == "Content-Type" })
    }

    @Test func timeoutsAreTheCallsOrTheClients() async throws {
        #expect(try await sent(APICall(.get, APIPath("x"))).timeout == .seconds(30))
        #expect(try await sent(APICall(.get, APIPath("x"), timeout: .seconds(7))).timeout == .seconds(7))
    }

    @Test(
        arguments: [
            [("a", .text("1")), ("a", .text("2"))], [("", .text("x"))], [("a b", .text("x"))], [("a\n", .text("x"))],
            [("a", .number(.nan))], [("a", .number(.infinity))], [("a", .list([.list([])]))],
        ] as [[(name: String, value: APIParameter)]])
    func parametersThatCouldBeReadInTwoWaysAreNotSent(_ parameters: [(name: String, value: APIParameter)]) async throws
    {
        let transport = ScriptedTransport([.json("null")])
        let call = APICall(.post, try APIPath("x"), parameters)
        let found = await failure { () async throws(Failure) in
            try await ProxmoxClient.scripted(transport).send(call)
        }
        #expect(found?.kind == .parameter)
        #expect(transport.seen.isEmpty)
    }
}
