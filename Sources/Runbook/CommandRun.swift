// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Policy
public import Proxmox

/// A run without a script: changes that a command makes itself, through the same Gate and into the same journal.
public struct CommandRun: Sendable {
    private let environment: RunEnvironment
    private let scope: RunScope

    /// Begins a run; nothing is recorded before its first change.
    ///
    /// - Parameter name: What the journal calls it, such as `cluster token rotate`.
    public init(environment: RunEnvironment, name: String) {
        self.environment = environment
        scope = RunScope(
            id: environment.makeID(), environment: environment, script: Chunk(source: [], name: "=\(name)"))
    }

    /// Refuses calls that policy would not let pass even with a yes, before anybody is asked for one.
    ///
    /// - Throws: ``Failure`` of kind `policy_denied` or `approval_required`.
    public func permit(_ calls: [APICall]) async throws(Failure) {
        let run = ClusterScope(run: scope, environment: environment)
        for call in calls {
            let actions = ActionClassifier.actions(of: call)
            let decision = environment.policy.evaluate(
                PolicyQuestion(call, actions: actions, guests: [], in: environment))
            let trail = CallTrail(of: PlannedCall(call, actions, CallOrigin(), run), in: environment)
            do throws(Failure) {
                try ConsentDesk(environment: environment, trail: trail).refuse(decision, call: call)
            } catch {
                await run.refused(trail, error)
                throw error
            }
        }
    }

    /// Sends one change, at most once, and returns what the API answers.
    ///
    /// - Throws: ``Failure`` where policy refuses it, nobody says yes, the journal cannot be written or Proxmox refuses.
    public func send(_ call: APICall) async throws(Failure) -> JSONValue {
        guard let row = OperationTable.named("api.post")?.endpoints.first else {
            throw Failure(.unsupported, "raw calls are not known")
        }
        let change = try await RawChange(client: environment.client).change(
            call, row: row, timeout: environment.settings.taskTimeout, waits: true)
        let gate = Gate(environment: environment, run: ClusterScope(run: scope, environment: environment))
        return try await gate.change(change).data ?? .null
    }

    /// Asks the cluster something; policy may refuse it.
    func read<Answer: Sendable>(
        _ call: APICall, _ body: (ProxmoxClient) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        try await Gate(environment: environment, run: ClusterScope(run: scope, environment: environment))
            .read(call, body)
    }

    /// Records how the run ended.
    public func close(status: Int32) async { await scope.close(status: status) }
}
