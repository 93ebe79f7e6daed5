// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

@testable import Proxmox

/// The curl transport against a real TLS server that misbehaves.
struct CurlTransportTests {
    let server: HostileServer
    init() async throws { server = try await HostileServer.shared.value }

    private func failure(_ transport: CurlTransport, _ request: HTTPRequest) async -> TransportFailure? {
        do throws(TransportFailure) {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func answersArriveWithStatusReasonHeadersAndBody() async throws {
        let answer = try await server.transport().send(HTTPRequest(.get, "/ok/plain"))
        #expect(answer.status == 200)
        #expect(answer.reason == "OK")
        #expect(String(decoding: answer.body, as: UTF8.self) == #"{"data":{"ok":1}}"#)
        #expect(answer.headers.contains(HTTPHeader("Content-Type", "application/json;charset=UTF-8")))
    }

    @Test(arguments: [401, 403, 500, 501, 595, 596, 599])
    func reasonPhrasesSurviveAsTheyCame(_ status: Int) async throws {
        let answer = try await server.transport().send(
            HTTPRequest(.get, "/status/\(status)/VM_is_locked_(backup)_-_'x'"))
        #expect(answer.status == status)
        #expect(answer.reason == "VM is locked (backup) - 'x'")
        #expect(answer.body.isEmpty)
    }

    @Test(arguments: ["gzip", "deflate"])
    func compressedAnswersArriveWhole(_ encoding: String) async throws {
        let answer = try await server.transport().send(HTTPRequest(.get, "/\(encoding)/1"))
        #expect(answer.body.count == 5011)
        #expect(try server.seen("/\(encoding)/1").first?.headers["accept-encoding"] == "gzip, deflate")
    }

    @Test(arguments: [HTTPMethod.post, .put])
    func bodiesGoOutWithTheirLengthAndNothingElse(_ method: HTTPMethod) async throws {
        let mark = "/ok/body-\(method.rawValue)"
        let body = Array(#"{"tags":"a;b=c"}"#.utf8)
        _ = try await server.transport().send(
            HTTPRequest(method, mark, headers: [HTTPHeader("Content-Type", "application/json")], body: body))
        let seen = try #require(try server.seen(mark).first)
        #expect(seen.method == method.rawValue)
        #expect(seen.version == "HTTP/1.1")
        #expect(seen.body == #"{"tags":"a;b=c"}"#)
        #expect(seen.headers["content-length"] == "\(body.count)")
        #expect(seen.headers["content-type"] == "application/json")
        #expect(seen.headers["expect"] == nil)
        #expect(seen.headers["transfer-encoding"] == nil)
    }

    @Test(arguments: [HTTPMethod.get, .delete])
    func requestsWithoutBodySayNothingAboutOne(_ method: HTTPMethod) async throws {
        let mark = "/ok/bare-\(method.rawValue)"
        _ = try await server.transport().send(HTTPRequest(method, mark))
        let seen = try #require(try server.seen(mark).first)
        #expect(seen.method == method.rawValue)
        #expect(seen.headers["content-length"] == nil)
        #expect(seen.headers["content-type"] == nil)
    }

    @Test func aBodyLargerThanAnyBufferArrives() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 2 << 20)
        _ = try await server.transport().send(HTTPRequest(.post, "/ok/large-body", body: body))
        #expect(try server.seen("/ok/large-body").first?.body.utf8.count == 2 << 20)
    }

    @Test func readsShareAConnectionAndWritesNeverDo() async throws {
        let transport = try server.transport()
        for _ in 0..<10 { _ = try await transport.send(HTTPRequest(.get, "/ok/shared-read")) }
        for _ in 0..<3 { _ = try await transport.send(HTTPRequest(.post, "/ok/shared-write")) }
        // On a machine under load a connection may have grown too old between two of them, but not between all.
        #expect(Set(try server.seen("/ok/shared-read").map(\.connection)).count < 10)
        let writes = try server.seen("/ok/shared-write").map(\.connection)
        #expect(Set(writes).count == 3)
        #expect(Set(writes).isDisjoint(with: try server.seen("/ok/shared-read").map(\.connection)))
    }

    @Test func aReadOnADeadConnectionSucceedsOnANewOne() async throws {
        let transport = try server.transport()
        for _ in 0..<3 { _ = try await transport.send(HTTPRequest(.get, "/once/dead")) }
        #expect(try server.seen("/once/dead").count == 3)
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        var path: String
        var cause: TransportFailure.Cause
        var testDescription: String { path }
    }

    @Test(
        arguments: [
            Trouble(path: "/garbage", cause: .garbled), Trouble(path: "/cut", cause: .reset),
            Trouble(path: "/huge/3000000", cause: .tooLarge), Trouble(path: "/bomb/5000000", cause: .tooLarge),
            Trouble(path: "/headers/200", cause: .tooLarge), Trouble(path: "/line/3000000", cause: .tooLarge),
            Trouble(path: "/reset", cause: .reset),
            Trouble(path: "/empty", cause: .reset), Trouble(path: "/silent", cause: .timeout),
            Trouble(path: "/drip", cause: .timeout),
        ], [HTTPMethod.get, .post])
    func troubleAfterTheRequestIsNamedAndTheRequestWasSentOnce(_ trouble: Trouble, _ method: HTTPMethod) async throws {
        let mark = "\(trouble.path)?mark=\(method.rawValue)"
        let transport = try server.transport(maximumBody: 2_000_000)
        let found = await failure(
            transport, HTTPRequest(method, mark, timeout: trouble.cause == .timeout ? .seconds(6) : .seconds(60))
        )
        #expect(found?.cause == trouble.cause)
        #expect(found?.mayHaveBeenSent == true)
        if method == .post { #expect(try server.seen(mark).count == 1) }
    }

    @Test func tooLargeAnAnswerSaysSo() async throws {
        let found = await failure(try server.transport(maximumBody: 1000), HTTPRequest(.get, "/huge/2000"))
        #expect(found?.message == "answer larger than 1000 bytes")
    }

    @Test(arguments: ["hangup", "stall"])
    func troubleBeforeTheRequestMeansThatNothingWasSent(_ port: String) async throws {
        let transport = try server.transport(port, connectTimeout: .milliseconds(500))
        let found = await failure(transport, HTTPRequest(.post, "/ok/never"))
        #expect(found?.cause == .connect)
        #expect(found?.mayHaveBeenSent == false)
    }

    @Test func aClosedPortMeansThatNothingWasSent() async throws {
        let endpoint = try #require(HTTPEndpoint(host: "127.0.0.1", port: 1))
        let transport = CurlTransport(endpoint, settings: CurlSettings(trust: .system))
        let found = await failure(transport, HTTPRequest(.post, "/ok/never"))
        #expect(found?.cause == .connect)
        #expect(found?.mayHaveBeenSent == false)
    }

    @Test func redirectsAreAnswersLikeAnyOther() async throws {
        let answer = try await server.transport().send(HTTPRequest(.get, "/redirect/1"))
        #expect(answer.status == 301)
    }

    @Test func cookiesAreNotKept() async throws {
        let transport = try server.transport()
        _ = try await transport.send(HTTPRequest(.get, "/cookie/set"))
        _ = try await transport.send(HTTPRequest(.get, "/ok/after-cookie"))
        #expect(try server.seen("/ok/after-cookie").first?.headers["cookie"] == nil)
    }

    @Test(
        arguments: [
            HTTPRequest(.get, "/ok/ x"), HTTPRequest(.get, "ok"), HTTPRequest(.get, "/ok\r\nX: y"),
            HTTPRequest(.get, "/ok", headers: [HTTPHeader("X", "a\r\nY: b")]),
            HTTPRequest(.get, "/ok", headers: [HTTPHeader("X: Y\r\n", "a")]), HTTPRequest(.get, "/ok", body: [1]),
        ])
    func requestsThatAreNoHTTPAreRefused(_ request: HTTPRequest) async throws {
        let found = await failure(try server.transport(), request)
        #expect(found?.cause == .garbled)
        #expect(found?.mayHaveBeenSent == false)
    }

    @Test func cancellingEndsARequestThatWaitsForItsAnswer() async throws {
        let transport = try server.transport()
        let work = Task { await failure(transport, HTTPRequest(.post, "/silent/cancelled", timeout: .seconds(30))) }
        try await server.arrival("/silent/cancelled")
        work.cancel()
        let found = await work.value
        #expect(found?.cause == .cancelled)
        #expect(found?.mayHaveBeenSent == true)
    }

    @Test func aRequestOfACancelledTaskIsNotSent() async throws {
        let transport = try server.transport()
        let work = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(transport, HTTPRequest(.post, "/ok/cancelled-early"))
        }
        let found = await work.value
        #expect(found?.cause == .cancelled)
        #expect(found?.mayHaveBeenSent == false)
        #expect(try server.seen("/ok/cancelled-early").isEmpty)
    }

    @Test func closingEndsWhatRunsAndRefusesWhatComes() async throws {
        let transport = try server.transport(maximumConnections: 1)
        async let running = failure(transport, HTTPRequest(.post, "/silent/closing", timeout: .seconds(30)))
        try await server.arrival("/silent/closing")
        transport.close()
        let found = await running
        #expect(found?.cause == .cancelled)
        #expect(found?.mayHaveBeenSent == true)
        let late = await failure(transport, HTTPRequest(.post, "/ok/late"))
        #expect(late?.cause == .cancelled)
        #expect(late?.mayHaveBeenSent == false)
    }

    @Test func manyRequestsShareAFewConnections() async throws {
        let transport = try server.transport(maximumConnections: 3)
        await withTaskGroup(of: Int?.self) { group in
            for number in 0..<40 {
                group.addTask { try? await transport.send(HTTPRequest(.get, "/ok/many-\(number)")).status }
            }
            for await status in group { #expect(status == 200) }
        }
        #expect(Set(try server.seen("/ok/many-").map(\.connection)).count <= 3)
    }

    @Test func aTransportThatIsGoneTakesItsThreadWithIt() async throws {
        // The thread holds the engine until it ends.
        weak var engine: CurlEngine?
        do {
            let transport = try server.transport()
            engine = transport.engine
            _ = try await transport.send(HTTPRequest(.get, "/ok/threads"))
            #expect(engine != nil)
        }
        try await eventually("the end of the transport's thread") { engine == nil }
    }
}
