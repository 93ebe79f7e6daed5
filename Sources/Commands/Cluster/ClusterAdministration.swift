// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Terminal
internal import Text

/// The way by which changes to users, tokens and rights reach the cluster.
///
/// One method, so that what stands behind it (policy, journal) is of no concern to those who make the calls.
protocol AdministrativeCalls: Sendable {
    /// Sends one change, at most once, and returns what the API answers under `data`.
    func send(_ call: APICall) async throws(Failure) -> JSONValue
}

/// Sends straight to the cluster, after consent.
struct ConsentedCalls: AdministrativeCalls {
    let client: ProxmoxClient

    func send(_ call: APICall) async throws(Failure) -> JSONValue { try await client.send(call).data }
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
