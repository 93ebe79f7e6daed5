// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Runbook
internal import Terminal

/// Asks the person at the controlling terminal, one question at a time, wherever stdin and stdout point.
actor TerminalConsent: ConsentGiver {
    private let style: Style
    private let makeCode: @Sendable () -> String
    private let prompter: any Prompter
    private var last: Swift.Task<ConsentAnswer, Never>?

    /// How long a question stands before silence means no.
    static let patience: Duration = .seconds(60)

    init(prompter: any Prompter, style: Style, makeCode: @escaping @Sendable () -> String) {
        self.prompter = prompter
        self.style = style
        self.makeCode = makeCode
    }

    func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        let before = last
        let prompt = ConsentPrompt(question, code: makeCode(), style: style)
        let prompter = prompter
        let task = Swift.Task { () -> ConsentAnswer in
            _ = await before?.value
            return await Self.put(prompt, to: prompter)
        }
        last = task
        return await task.value
    }

    /// Waiting for a person blocks, so it happens on a thread that nobody else needs.
    private static func put(_ prompt: ConsentPrompt, to prompter: any Prompter) async -> ConsentAnswer {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                switch prompter.ask(prompt.text, timeout: patience) {
                case .line(let line): continuation.resume(returning: prompt.accepts(line) ? .yes : .no(reason: "the answer was no"))
                case .timedOut: continuation.resume(returning: .no(reason: "no answer within 60 s"))
                case .interrupted: continuation.resume(returning: .no(reason: "interrupted"))
                case .nobody: continuation.resume(returning: .nobody)
                }
            }
        }
    }
}
