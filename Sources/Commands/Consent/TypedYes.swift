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
    ///   - what: What the yes is for, as the subject of a sentence.
    ///   - state: What is true without it, such as "nothing was sent".
    /// - Throws: ``Failure`` of kind `confirmation_required` for anything else, and where there is nobody to ask.
    static func demand(
        _ prompt: String, for what: String, else state: String, at prompter: any Prompter, hint: String
    ) async throws(Failure) {
        guard prompter.isPresent else {
            throw Failure(
                .confirmationRequired, "\(what) needs a yes, and there is no terminal to ask at; \(state)", hint: hint)
        }
        let answer = await prompter.ask(prompt, timeout: patience)
        if Swift.Task.isCancelled { throw Failure(.cancelled, "interrupted") }
        guard let answer, isAnswer(answer, "yes") else {
            throw Failure(.confirmationRequired, "\(what) was not confirmed; \(state)", hint: hint)
        }
    }

    /// Whether a line is the one expected; spaces around and between the words do not matter.
    static func isAnswer(_ line: String, _ expected: String) -> Bool {
        line.split(whereSeparator: \.isWhitespace) == expected.split(whereSeparator: \.isWhitespace)
    }
}
