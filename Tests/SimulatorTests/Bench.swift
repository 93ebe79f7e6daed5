// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
@testable import Simulator

/// A simulated cluster on a virtual clock, with the words that tests speak.
struct Bench {
    let clock = VirtualClock()
    let cluster: SimulatedCluster
    var authorization: String

    init(_ seed: ClusterSeed = .demo(), token: String? = nil) {
        cluster = SimulatedCluster(seed, clock: clock)
        authorization = "PVEAPIToken=\(token ?? seed.token ?? "")"
    }

    func request(_ method: HTTPMethod, _ path: String, _ form: String? = nil) -> HTTPRequest {
        HTTPRequest(
            method, "/api2/json" + path, headers: [HTTPHeader("Authorization", authorization)],
            body: form.map { Array($0.utf8) })
    }

    func send(_ method: HTTPMethod, _ path: String, _ form: String? = nil) async -> HTTPResponse {
        await cluster.respond(to: request(method, path, form))
    }

    /// The `data` of an answer.
    func data(_ method: HTTPMethod, _ path: String, _ form: String? = nil) async throws -> JSONValue {
        try JSONValue(parsing: await send(method, path, form).body)["data"] ?? .null
    }

    /// Starts a task, lets its time pass, and says how it ended.
    func task(_ method: HTTPMethod, _ path: String, _ form: String? = nil, wait: Double = 200) async throws -> String {
        let answer = await send(method, path, form)
        guard answer.status == 200, let upid = try JSONValue(parsing: answer.body)["data"]?.string else {
            return "\(answer.status) \(answer.reason)"
        }
        clock.advance(by: wait)
        return try await exit(upid)
    }

    /// How a task ended, or `running`.
    func exit(_ upid: String) async throws -> String {
        let node = upid.split(separator: ":")[1]
        let status = try await data(.get, "/nodes/\(node)/tasks/\(upid)/status")
        return status["exitstatus"]?.string ?? status["status"]?.string ?? "no such task"
    }

    func power(_ vmid: Int) -> SimulatedGuest.Power? { cluster.snapshot().guests[vmid]?.power }
}
