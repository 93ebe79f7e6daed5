// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import JSON
internal import Model
internal import Policy
internal import Proxmox
internal import Runbook

/// The way by which changes to users, tokens and rights reach the cluster.
///
/// One method, so that what stands behind it (policy, journal) is of no concern to those who make the calls.
protocol AdministrativeCalls: Sendable {
    /// Sends one change, at most once, and returns what the API answers under `data`.
    func send(_ call: APICall) async throws(Failure) -> JSONValue
}

/// Sends nothing: stands where a plan is made and nobody has said yes.
struct NoCalls: AdministrativeCalls {
    func send(_ call: APICall) async throws(Failure) -> JSONValue {
        throw Failure(.confirmationRequired, "\(call.plainText) was not asked for; nothing was sent")
    }
}

/// Sends through the Gate: judged by policy, recorded in the journal, and asked for by the one typed yes that the person gave
/// to the whole list.
struct ConsentedCalls: AdministrativeCalls {
    private let run: CommandRun

    /// - Parameter calls: What the person said yes to; nothing else passes.
    init(
        _ workplace: Workplace, _ configuration: ConfigurationFile, on cluster: String, _ client: ProxmoxClient,
        for name: String, yesTo calls: [APICall]
    )
        async throws(Failure)
    {
        var environment = try workplace.environment(
            on: cluster, client, taskTimeout: .seconds(60), configuration)
        // What no rule names is denied to scripts; a person who runs this command means just this.
        environment.policy = environment.policy.supplemented(
            by: try PolicySet.load(
                yaml: """
                    version: 1
                    rules:
                      - { id: token-command, actions: [access.role, access.user, access.token, access.acl], effect: confirm-typed, callers: [human] }
                    """, file: "built in"))
        environment.consent = GivenConsent(requests: Set(calls.map { "\($0.method.rawValue) \($0.path)" }))
        run = CommandRun(environment: environment, name: name)
        try await run.permit(calls)
    }

    func send(_ call: APICall) async throws(Failure) -> JSONValue { try await run.send(call) }

    /// Does all of the work, whatever is pressed, and records how it ended.
    ///
    /// - Parameter what: Said on standard error once interrupts are held back.
    func carryOut<Value: Sendable>(
        _ what: String, _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        do throws(Failure) {
            let value = try await Uninterrupted.run(what, work)
            await run.close(status: ExitStatus.done.rawValue)
            return value
        } catch {
            await run.close(status: ExitStatus(error).rawValue)
            throw error
        }
    }
}

/// The yes that was given to a list of requests, for each of them.
private struct GivenConsent: ConsentGiver {
    let requests: Set<String>
    let place = "terminal, for the whole command"

    func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        requests.contains(question.request) ? .yes : .no(reason: "it was not among the calls that were shown")
    }
}
