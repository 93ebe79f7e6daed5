// SPDX-License-Identifier: Apache-2.0
internal import Runbook
internal import Terminal

/// Asks the person at the controlling terminal, one question at a time, wherever stdin and stdout point.
actor TerminalConsent: ConsentGiver {
    private let style: Style
    private let makeCode: @Sendable () -> String
    private let terminal: any Prompter
    private var last: Swift.Task<ConsentAnswer, Never>?

    /// How many seconds a question stands before silence means no.
    static let patience = 60.0

    init(terminal: any Prompter, style: Style, makeCode: @escaping @Sendable () -> String) {
        self.terminal = terminal
        self.style = style
        self.makeCode = makeCode
    }

    func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        guard terminal.isPresent else { return .nobody }
        let before = last
        let prompt = ConsentPrompt(question, code: makeCode(), style: style, width: terminal.width)
        let task = Swift.Task { [terminal] () -> ConsentAnswer in
            _ = await before?.value
            if Swift.Task.isCancelled { return .no(reason: "interrupted") }
            guard let line = await terminal.ask(prompt.text, timeout: Self.patience) else {
                if Swift.Task.isCancelled { return .no(reason: "interrupted") }
                return .no(reason: "there was no answer")
            }
            return prompt.accepts(line) ? .yes : .no(reason: "the answer was not the one asked for")
        }
        last = task
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
