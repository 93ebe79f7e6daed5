// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import JSON
internal import Model
internal import Policy
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

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
        throws(Failure)
    {
        var environment = try workplace.environment(
            on: cluster, client, taskTimeout: .seconds(60), configuration)
        // What no rule names is denied to scripts; a person who runs this command means just this.
        environment.policy = environment.policy.bounded(
            by: try PolicySet.load(
                yaml: """
                    version: 1
                    rules:
                      - { id: token-command, actions: [access.role, access.user, access.token, access.acl], effect: confirm-typed, callers: [human] }
                    """, file: "built in"))
        environment.consent = GivenConsent(requests: Set(calls.map { "\($0.method.rawValue) \($0.path)" }))
        run = CommandRun(environment: environment, name: name)
        try run.permit(calls)
    }

    func send(_ call: APICall) async throws(Failure) -> JSONValue { try await run.send(call) }
}

/// The yes that was given to a list of requests, for each of them.
private struct GivenConsent: ConsentGiver {
    let requests: Set<String>

    func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        requests.contains(question.request) ? .yes : .no(reason: "it was not among the calls that were shown")
    }
}

/// Shows every call to the person at the terminal and takes a typed yes; there is no option that answers it.
struct AdministrativeConsent: Sendable {
    let prompter: any Prompter
    let isPresent: @Sendable () -> Bool
    let style: Style

    init(prompter: any Prompter, style: Style, isPresent: @escaping @Sendable () -> Bool) {
        self.prompter = prompter
        self.style = style
        self.isPresent = isPresent
    }

    /// The terminal of this process.
    static func live(_ context: CommandContext) -> AdministrativeConsent {
        let terminal = ControllingTerminal()
        return AdministrativeConsent(
            prompter: terminal, style: Style(isEnabled: context.environment["NO_COLOR"] == nil)
        ) { terminal.isPresent }
    }

    /// - Throws: ``Failure`` of kind `confirmation_required` where nobody can be asked or the answer is not yes.
    func require(_ what: String, cluster: String, identity: String, lines: [String]) async throws(Failure) {
        guard isPresent() else {
            throw Failure(
                .confirmationRequired, "\(what) needs a yes, and there is no terminal to ask at; nothing was sent",
                hint: "run it at a terminal, or run the commands of `pvelua cluster token plan` on a node")
        }
        var text = ["\(style.bold("┌ pvelua asks for consent:")) \(style.bold(TextCleaner.clean(what)))"]
        text.append("│ \(style.dim("cluster ")) \(TextCleaner.clean(cluster)) as \(TextCleaner.clean(identity))")
        for line in lines { text.append("│ \(TextCleaner.clean(line))") }
        text.append("└ type \(style.bold("yes")) to go on, anything else to stop: ")
        let answer = await prompter.ask(text.joined(separator: "\n"), timeout: 120)
        guard answer?.split(whereSeparator: \.isWhitespace) == ["yes"] else {
            throw Failure(.confirmationRequired, "\(what) was not confirmed; nothing was sent")
        }
    }
}

/// Work of several steps that Ctrl-C must not end in the middle: what is half done is worse than a moment's wait.
enum Uninterrupted {
    /// Does the work to its end, or to its own failure.
    ///
    /// - Parameter what: Said on standard error once interrupts are held back.
    static func run<Value: Sendable>(
        _ what: String, _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await InterruptWatch().during {
            writeError("\(what) …\n")
            do throws(Failure) {
                return Result<Value, Failure>.success(try await work())
            } catch {
                return .failure(error)
            }
        } onInterrupt: {
            writeError("\(what): finishing first\n")
        }
        return try result.get()
    }
}
