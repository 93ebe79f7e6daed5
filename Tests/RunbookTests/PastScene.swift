// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Synchronization
import TestSupport
import Testing

@testable import Runbook
@testable import Simulator

/// A change whose host dies at some point, the cluster around it, and somebody who looks afterwards; all in virtual time.
struct PastScene {
    let clock = Simulator.VirtualClock()
    let cluster: SimulatedCluster
    let journal: SQLiteJournal
    let client: ProxmoxClient
    /// How far our clock is ahead of the cluster's.
    let skew: Double

    static let user = "root@pam!demo"

    /// - Parameter wrap: Puts something between the looking and the cluster.
    init(
        skew: Double = 0, wrap: (SimulatorTransport) -> any Transport = { $0 }
    ) async throws {
        self.skew = skew
        cluster = SimulatedCluster(.demo(), clock: clock)
        journal = try SQLiteJournal.inMemory()
        client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "demo", transport: wrap(SimulatorTransport(cluster)))],
            credential: try APIToken(id: Self.user, secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: VirtualTime(clock: clock))
        // Something has ended before, so that the archive has a row to reach back to.
        spawn("qmstart", 102, "pve3", by: "root@pam")
        pass(60)
        try journal.beginRun(
            RunRecord(
                id: "r1", cluster: "demo", script: "s", scriptSHA256: "", caller: .human, started: now))
    }

    var now: Double { clock.now + skew }

    func pass(_ seconds: Double) { clock.advance(by: seconds) }

    /// Starts a task as somebody else would, with all that it brings about.
    @discardableResult
    func spawn(
        _ type: String, _ vmid: Int, _ node: String, by user: String, _ parameters: [String: String] = [:]
    ) -> String {
        let name = Mutex("")
        cluster.update { state in
            let upid = state.spawn(type, id: String(vmid), node: node, vmid: vmid, by: user, parameters: parameters)
            name.withLock { $0 = upid }
        }
        return name.withLock { $0 }
    }

    /// A call such as `POST nodes/pve1/qemu/103/status/start`.
    static func call(_ text: String, _ parameters: [(name: String, value: APIParameter)] = []) throws -> APICall {
        let words = text.split(separator: " ").map(String.init)
        return APICall(
            try #require(HTTPMethod(rawValue: words[0])), try APIPath(words[1].split(separator: "/").map(String.init)),
            parameters)
    }

    /// Does what the Gate does before it sends.
    func intend(_ call: APICall, of vmid: Int?, action: String = "guest.start") async throws -> Int {
        let guest = try await vmid.asyncMap { try await client.facts(of: try #require(VMID($0))) }
        let mark = try await client.watermark(for: call)
        let evidence = CallEvidence(mark: mark, before: guest, user: client.identity, now: now)
        var intent = StepIntent(
            actions: [], method: call.method.rawValue, path: call.path.description,
            parameters: .object(JSONObject(call.parameters.map { ($0.name, .string($0.value.shown)) })),
            vmid: vmid, node: guest?.node.rawValue, guests: vmid.map { [$0] }, cluster: "demo")
        intent.evidence = [
            "version": 1, "call": evidence.json(now: now, clock: client.clock.now()), "action": .string(action),
        ]
        return try journal.recordIntent(run: "r1", intent, at: now)
    }

    func sent(_ step: Int) throws { try journal.recordSent(run: "r1", step: step, at: now) }

    /// The request arrives; nobody hears the answer.
    @discardableResult
    func arrive(_ call: APICall) async throws -> UPID? {
        try? await client.send(call).data.string.flatMap(UPID.init)
    }

    func step(_ number: Int = 1) throws -> StepRecord {
        try #require(try journal.steps(of: "r1").first { $0.sequence == number })
    }

    /// Somebody looks; by default after the machine has gone down.
    func settle(_ number: Int = 1, sameBoot: Bool = false, patience: Swift.Duration = .seconds(300)) async throws
        -> ReconciledStep
    {
        let client = client
        let (clock, skew) = (clock, skew)
        let reconciler = Reconciler(
            journal: journal, client: { (_) throws(Failure) in client }, now: { clock.now + skew }, patience: patience,
            boot: sameBoot ? MachineBoot.id() : "another")
        return try await reconciler.settle(try step(number))
    }

    /// The changes that the cluster got.
    var writes: Int { cluster.requests.count { $0.method != .get } }
}

extension Optional {
    fileprivate func asyncMap<T>(_ body: (Wrapped) async throws -> T) async rethrows -> T? {
        if let self { try await body(self) } else { nil }
    }
}

extension APIParameter {
    fileprivate var shown: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "1" : "0"
        default: ""
        }
    }
}
