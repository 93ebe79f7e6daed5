// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import Proxmox

/// When connections are opened, shared and closed, against a real TLS server.
struct ConnectionRulesTests {
    let server: HostileServer
    init() async throws { server = try await HostileServer.shared.value }

    private func load(_ mark: String) throws -> [Int] {
        let connections = try server.seen(mark).map(\.connection)
        return Dictionary(grouping: connections) { $0 }.values.map(\.count)
    }

    @Test func aConnectionCarriesSoManyRequestsAndNoMore() async throws {
        let transport = try server.transport { $0.requestsPerConnection = 3 }
        for _ in 0..<10 { _ = try await transport.send(HTTPRequest(.get, "/ok/third-time")) }
        let load = try load("/ok/third-time")
        #expect(load.reduce(0, +) == 10)
        #expect(load.max() == 3)
    }

    @Test func theHundredthRequestIsAConnectionsLastUnlessConfiguredOtherwise() async throws {
        let transport = try server.transport()
        for _ in 0..<203 { _ = try await transport.send(HTTPRequest(.get, "/ok/hundred")) }
        let load = try load("/ok/hundred")
        #expect(load.reduce(0, +) == 203)
        #expect(load.count >= 3)
        #expect(load.allSatisfy { $0 <= 100 })
    }

    @Test func aConnectionThatHasBeenIdleTooLongIsNotUsedAgain() async throws {
        let transport = try server.transport { $0.idleLimit = 1 }
        _ = try await transport.send(HTTPRequest(.get, "/ok/idle"))
        try await Task.sleep(for: .milliseconds(1100))
        _ = try await transport.send(HTTPRequest(.get, "/ok/idle"))
        #expect(Set(try server.seen("/ok/idle").map(\.connection)).count == 2)
    }

    @Test(arguments: [400, 401, 403, 500, 501, 595, 599])
    func afterAnErrorTheConnectionIsClosedEvenIfTheServerWouldKeepIt(_ status: Int) async throws {
        let transport = try server.transport()
        for _ in 0..<3 { _ = try await transport.send(HTTPRequest(.get, "/kept/\(status)/after-error")) }
        #expect(try load("/kept/\(status)/after-error") == [1, 1, 1])
    }

    @Test func anAnswerThatIsNoErrorKeepsTheConnection() async throws {
        let transport = try server.transport()
        for _ in 0..<5 { _ = try await transport.send(HTTPRequest(.get, "/kept/200/no-error")) }
        #expect(try load("/kept/200/no-error").count < 5)
    }

    @Test func noProtocolIsNegotiated() async throws {
        _ = try await server.transport().send(HTTPRequest(.get, "/ok/protocol"))
        #expect(try server.seen("/ok/protocol").first?.version == "HTTP/1.1")
        let notes = try server.everything()
        // The server would take h2 from whoever offers it.
        #expect(notes.contains("\"protocol\": \"none\""))
        #expect(!notes.contains("\"protocol\": \"h2\"") && !notes.contains("\"protocol\": \"http/1.1\""))
    }

    @Test func neverAreMoreConnectionsOpenThanAllowed() async throws {
        let transport = try server.transport("counted", maximumConnections: 4)
        let served = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<120 {
                // A change brings a new connection, for which one that idles has to go.
                let method = number % 3 == 0 ? HTTPMethod.post : .get
                group.addTask { (try? await transport.send(HTTPRequest(method, "/slow/5/counted")).status) == 200 }
            }
            return await group.reduce(into: 0) { count, isServed in count += isServed ? 1 : 0 }
        }
        #expect(served == 120)
        let counts = try server.everything().split(separator: "\n").compactMap { line in
            (try? JSONValue(parsing: String(line)))?["open"]?.perlInteger
        }
        #expect(counts.max() == 4)
        #expect(counts.count >= 40)
    }

    @Test func aChangeDoesNotWaitBehindAThousandReads() async throws {
        let transport = try server.transport("lanes", maximumConnections: 2)
        let begun = Lock(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2 {
                let path = "/gate/lanes-open/lanes\(number)"
                group.addTask { _ = try await transport.send(HTTPRequest(.get, path, timeout: .seconds(300))) }
                try await server.arrival(path)
            }
            // Both connections are busy, so all of these have to wait, the change at the end.
            for number in 0..<1001 {
                group.addTask {
                    begun.withLock { $0 += 1 }
                    let method = number == 1000 ? HTTPMethod.post : .get
                    _ = try await transport.send(HTTPRequest(method, "/ok/lanes"))
                }
            }
            try await eventually("all requests are begun") { begun.withLock { $0 } == 1001 }
            // The last of them may still be on their way into the queue.
            try await Task.sleep(for: .milliseconds(200))
            try Data().write(to: server.folder.appendingPathComponent("lanes-open"))
            try await group.waitForAll()
        }
        let order = try server.seen("/lanes").map(\.method)
        #expect(order.count == 1003)
        let place = try #require(order.firstIndex(of: "POST"))
        #expect(place < 500, "the change came as number \(place)")
    }

    @Test func givingUpAReadClosesItsConnectionAtOnce() async throws {
        let transport = try server.transport()
        let work = Task { () -> TransportFailure.Cause? in
            do throws(TransportFailure) {
                _ = try await transport.send(HTTPRequest(.get, "/hold/give-up", timeout: .seconds(300)))
                return nil
            } catch {
                return error.cause
            }
        }
        try await server.arrival("/hold/give-up")
        let moment = Date().timeIntervalSince1970
        work.cancel()
        #expect(await work.value == .cancelled)
        let seen = try server.seen("/hold/give-up")
        #expect(seen.count == 1)
        // Measured at the server, since this process may be busy with other tests: about a millisecond on a quiet machine,
        // and on none near the five minutes that the request itself may take.
        let delay = try await server.departure(try #require(seen.first?.connection)) - moment
        #expect(delay < 100, "\(delay) s")
    }

    @Test func anAnswerThatDripsIsGivenUpLongBeforeItsTime() async throws {
        let transport = try server.transport { $0.stallTimeout = .milliseconds(400) }
        let found = await #expect(throws: TransportFailure.self) {
            try await transport.send(HTTPRequest(.get, "/drip/stalled", timeout: .seconds(60)))
        }
        #expect(found?.cause == .timeout)
        #expect(found?.message == "the answer stalled: less than 1024 bytes came in 400 ms")
    }

    @Test(arguments: ["/slow/6000/thinking", "/steady/flow"])
    func thinkingAndSteadyFlowAreNoStalling(_ path: String) async throws {
        let transport = try server.transport { $0.stallTimeout = .seconds(5) }
        #expect(try await transport.send(HTTPRequest(.get, path)).status == 200)
    }

    @Test func theLimitOfAHeaderIsTheOneConfigured() async throws {
        let found = await #expect(throws: TransportFailure.self) {
            try await server.transport { $0.maximumHead = 5000 }.send(HTTPRequest(.get, "/headers/6"))
        }
        #expect(
            found == TransportFailure(.tooLarge, mayHaveBeenSent: true, "header of the answer larger than 5000 bytes"))
        #expect(try await server.transport().send(HTTPRequest(.get, "/headers/6")).headers.count > 6)
    }
}
