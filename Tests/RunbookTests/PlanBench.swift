// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Journal
import Model
import Plan
import Policy
import Proxmox
import Runbook
import Twin

/// A cluster on which scripts are planned and plans are applied, without files.
struct PlanBench {
    var bench: Bench

    init(policy: PolicySet? = nil) throws { bench = try Bench(policy: policy) }

    var client: ProxmoxClient { bench.environment.client }

    /// Plans a script on a twin of the cluster.
    func plan(_ code: String, failing: Int? = nil) async throws -> Plan {
        let live = bench.environment
        let twin = Twin(of: live.client, start: live.now().rounded(.down))
        let recorder = PlanRecorder(nonce: "nonce", failing: failing)
        var stage = bench
        stage.environment = live.planning(
            on: twin.client, now: { twin.now }, recorder, journal: try SQLiteJournal.inMemory())
        var plan = Plan(
            id: "plan", created: Int(live.now()), expires: Int(live.now()) + 3600, nonce: "nonce", caller: .human,
            requester: "alice", cluster: Plan.ClusterBinding(name: "demo", fingerprint: ""),
            script: Plan.SourceBinding(name: "test", sha256: ""),
            policy: Plan.PolicyBinding(sha256: "", demand: "allow", approvals: 0), seed: "7")
        if case .failed(let failure) = try await stage.run(code) { plan.failure = failure.failure.description }
        await recorder.complete(&plan, policy: live.policy)
        return plan
    }

    /// What came of applying a plan.
    struct Applied {
        var failure: Failure?
        var missing: [Int]
        var divergence: Failure?
    }

    /// Runs a script under a plan, on the cluster itself or on a twin of it.
    func apply(_ plan: Plan, _ code: String, on client: ProxmoxClient? = nil) async throws -> Applied {
        let follower = PlanFollower(plan)
        var stage = bench
        guard let following = bench.environment.following(plan, follower) else { throw Failure(.usage, "no seed") }
        stage.environment = following
        if let client {
            stage.environment.client = client
            stage.environment.clock = client.clock
        }
        let failure = try await stage.failure(of: code)
        return Applied(
            failure: failure, missing: await follower.missing.map(\.number), divergence: await follower.divergence)
    }

    /// Somebody else changes the cluster.
    func other(
        _ method: HTTPMethod, _ path: String, _ parameters: KeyValuePairs<String, String> = [:], waits: Bool = true
    ) async throws {
        let call = APICall(
            method, try APIPath(path.split(separator: "/").map(String.init)),
            parameters.map { ($0.key, APIParameter.text($0.value)) })
        guard let upid = try await client.send(call).data.string.flatMap({ UPID($0) }) else { return }
        if waits { _ = try await client.wait(for: upid) }
    }

    /// Where a guest is, as the beginning of its paths.
    func place(_ vmid: Int) async throws -> String {
        guard let vmid = VMID(vmid) else { throw Failure(.usage, "no vmid") }
        let facts = try await client.facts(of: vmid)
        return "nodes/\(facts.node)/\(facts.kind.rawValue)/\(vmid)"
    }
}
