// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Synchronization
import TestSupport

@testable import Simulator

/// A simulated cluster that knows better than any journal what was done to it, and for which step.
final class TruthfulServer: Sendable {
    /// A change that the cluster took.
    struct Effect: Sendable {
        /// The life of the host that asked for it, from 0.
        var life: Int
        /// The step whose intent was on disk when the request came; nil where there was none.
        var step: Int?
        var method: HTTPMethod
        /// Method, path and parameters.
        var what: String
        var upid: String?
    }

    private struct State {
        var effects: [Effect] = []
        /// Intents whose request has not come yet, by method and path.
        var expected: [String: [Int]] = [:]
        /// Requests that are still on their way when their sender is dead.
        var late: [(due: Double, request: HTTPRequest, life: Int, step: Int?)] = []
    }

    let name: String
    let cluster: SimulatedCluster
    private let state = Mutex(State())

    init(_ name: String, clock: VirtualClock, seed: ClusterSeed = .demo()) {
        self.name = name
        cluster = SimulatedCluster(seed, clock: clock, options: .init(authDelay: 0))
    }

    var effects: [Effect] { state.withLock { $0.effects } }

    /// Is told which step will ask for what.
    func expect(_ step: Int, _ method: String, _ path: String) {
        state.withLock { $0.expected["\(method) \(path)", default: []].append(step) }
    }

    /// The step that a request is for.
    func claim(_ request: HTTPRequest) -> Int? {
        guard request.method != .get else { return nil }
        let key = "\(request.method.rawValue) \(Self.path(request))"
        return state.withLock { state in
            guard let list = state.expected[key], let step = list.first else { return nil }
            state.expected[key] = Array(list.dropFirst())
            return step
        }
    }

    /// Forgets what a dead host would have asked for.
    func forgetExpectations() { state.withLock { $0.expected = [:] } }

    /// Answers a request and writes down what it changed.
    func serve(_ request: HTTPRequest, life: Int, step: Int?) async -> HTTPResponse {
        let response = await cluster.respond(to: request)
        guard request.method != .get, response.status == 200 else { return response }
        let data = (try? JSONValue(parsing: String(decoding: response.body, as: UTF8.self)))?["data"]?.string
        let query = request.target.split(separator: "?").dropFirst().joined()
        let body = String(decoding: request.body ?? [], as: UTF8.self)
        let effect = Effect(
            life: life, step: step, method: request.method,
            what: "\(request.method.rawValue) \(Self.path(request)) \(query)\(body)",
            upid: data.flatMap { $0.hasPrefix("UPID:") ? $0 : nil })
        state.withLock { $0.effects.append(effect) }
        return response
    }

    /// Lets a request of a dead host arrive later.
    func delay(_ request: HTTPRequest, life: Int, step: Int?, until due: Double) {
        state.withLock { $0.late.append((due, request, life, step)) }
    }

    /// When the next of them arrives.
    var nextArrival: Double? { state.withLock { $0.late.map(\.due).min() } }

    /// Lets those arrive whose time has come.
    func deliverLate(at now: Double) async {
        let due = state.withLock { state in
            defer { state.late.removeAll { $0.due <= now } }
            return state.late.filter { $0.due <= now }
        }
        for item in due { _ = await serve(item.request, life: item.life, step: item.step) }
    }

    /// How a task ended; nil while it goes on.
    func exit(of upid: String) -> String? { cluster.snapshot().tasks[upid]?.exit }

    /// Whether there is such a task.
    func hasTask(_ upid: String) -> Bool { cluster.snapshot().tasks[upid] != nil }

    /// All that a person would compare of the cluster, without times and made-up numbers.
    var picture: String {
        var lines: [String] = []
        let state = cluster.snapshot()
        for guest in state.guestList {
            var config: [String] = []
            for entry in guest.config.entries where !["vmgenid", "smbios1", "meta", "digest"].contains(entry.key) {
                let isMade = entry.key.hasPrefix("net") || entry.key.hasPrefix("unused")
                config.append(isMade ? entry.key : "\(entry.key)=\(Self.plain(entry.value))")
            }
            let snapshots = guest.snapshots.map { "\(Self.plain($0.name)):\($0.description)" }
            lines.append(
                "\(guest.kind) \(guest.vmid) \(guest.node) \(guest.power) lock=\(guest.lock ?? "") "
                    + config.sorted().joined(separator: " ") + " snapshots=\(snapshots)")
        }
        for volume in state.volumes where volume.content != "backup" { lines.append(volume.volid) }
        lines.append("backups \(state.volumes.count { $0.content == "backup" })")
        return lines.joined(separator: "\n")
    }

    /// A text without the numbers that counters gave and without digests.
    static func plain(_ text: String) -> String {
        text.replacing(#/-[0-9]{4}\b/#, with: "-N").replacing(#/\b[0-9a-f]{40}\b/#, with: "DIGEST")
    }

    private static func path(_ request: HTTPRequest) -> String {
        let path = request.target.prefix { $0 != "?" }.split(separator: "/").dropFirst(2)
        return "/" + path.joined(separator: "/")
    }
}
