// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Simulator
import Synchronization
import Testing
import Twin

/// A way to a simulated cluster that takes no change: a login apart, every request that is no GET fails the test.
final class GuardedTransport: Transport {
    private let inner: SimulatorTransport
    private let counted = Mutex((reads: 0, logins: 0))

    init(_ cluster: SimulatedCluster) { inner = SimulatorTransport(cluster) }

    var reads: Int { counted.withLock { $0.reads } }
    var logins: Int { counted.withLock { $0.logins } }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        if request.target.hasPrefix("/api2/json/access/ticket") {
            counted.withLock { $0.logins += 1 }
        } else {
            #expect(request.method == .get, "\(request.method.rawValue) \(request.target) went to the live cluster")
            counted.withLock { $0.reads += 1 }
        }
        return try await inner.send(request)
    }
}

/// A live cluster and its twin.
struct Bench {
    static let start = 1_795_342_000.0
    let cluster: SimulatedCluster
    let transport: GuardedTransport
    let live: ProxmoxClient
    let twin: Twin

    init(_ seed: ClusterSeed = .demo(), randomSeed: UInt64 = 1) throws {
        cluster = SimulatedCluster(
            seed, clock: VirtualClock(start: Self.start), options: .init(authDelay: 0, randomSeed: 7))
        transport = GuardedTransport(cluster)
        live = try Self.client(transport)
        twin = Twin(of: live, seed: randomSeed, start: Self.start)
    }

    static func client(
        _ transport: any Transport, clock: any ClientClock = SystemClock()
    ) throws -> ProxmoxClient {
        let token = try APIToken(
            id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001"))
        return ProxmoxClient(hosts: [ProxmoxHost(name: "sim", transport: transport)], credential: token, clock: clock)
    }
}

extension ProxmoxClient {
    /// What a path answers.
    func read(_ path: String, _ parameters: [(name: String, value: APIParameter)] = []) async throws -> JSONValue {
        try await send(APICall(.get, APIPath(parsing: path), parameters)).data
    }

    /// Sends a change; waits for its task, where it starts one.
    @discardableResult
    func change(
        _ method: HTTPMethod, _ path: String, _ parameters: [(name: String, value: APIParameter)] = []
    ) async throws -> JSONValue {
        let data = try await send(APICall(method, APIPath(parsing: path), parameters)).data
        guard let text = data.string, let upid = UPID(text) else { return data }
        var pause = 1
        for _ in 0..<100 {
            let status = try await read("/nodes/\(upid.node)/tasks/\(text)/status")
            if status["status"]?.string == "stopped" { return status["exitstatus"] ?? .null }
            try await clock.sleep(for: .seconds(pause))
            pause = min(pause * 2, 60)
        }
        throw Failure(.taskTimeout, "\(text) does not end")
    }
}

extension APIParameter: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
}
