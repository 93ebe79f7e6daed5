// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Terminal

/// A yes that a person types in full at the terminal, wherever standard input and output point.
enum TypedYes {
    /// How many seconds such a question stands.
    static let patience = 60.0

    /// Returns where it was given.
    ///
    /// - Parameters:
    ///   - prompt: What is written; ends where the person types.
    ///   - expected: What must be typed.
    ///   - what: What the yes is for, as the subject of a sentence.
    ///   - state: What is true without it, such as "nothing was sent".
    /// - Throws: ``Failure`` of kind `confirmation_required` for anything else, and where there is nobody to ask.
    static func demand(
        _ prompt: String, expecting expected: String = "yes", for what: String, else state: String,
        at prompter: any Prompter, patience: Double = patience, hint: String
    ) async throws(Failure) {
        guard prompter.isPresent else {
            throw Failure(
                .confirmationRequired,
                "\(what) needs a \(expected == "yes" ? "" : "typed ")yes, and there is no terminal to ask at; \(state)",
                hint: hint)
        }
        let answer = await prompter.ask(prompt, timeout: patience)
        if Swift.Task.isCancelled { throw Failure(.cancelled, "interrupted; \(state)") }
        guard let answer, isAnswer(answer, expected) else {
            throw Failure(.confirmationRequired, "\(what) was not confirmed; \(state)", hint: hint)
        }
    }

    /// Four digits for one question, so that its answer cannot be typed ahead.
    static func code() -> String {
        let digits = String(Int.random(in: 0...9999))
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// Whether a line is the one expected; spaces around and between the words do not matter.
    static func isAnswer(_ line: String, _ expected: String) -> Bool {
        line.split(whereSeparator: \.isWhitespace) == expected.split(whereSeparator: \.isWhitespace)
    }
}
