// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Terminal

/// The person's lines, one after the other.
///
/// The editor is not thread-safe and reading blocks, so it lives on a queue of its own; nothing else touches it.
final class ReplInput: @unchecked Sendable {
    private let queue = DispatchQueue(label: "pvelua.repl")
    private let editor: LineEditor

    /// Whether lines are edited, and Tab does something.
    let isEditing: Bool

    init(_ editor: LineEditor) { (self.editor, isEditing) = (editor, editor.isInteractive) }

    /// The next line.
    func line(prompt: String, colour: LineEditor.Colour? = nil) async -> LineEditor.Line {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.editor.read(prompt: prompt, colour: colour)) }
        }
    }

    /// Goes on with another history.
    func use(history: String) async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.editor.use(history: history)
                continuation.resume()
            }
        }
    }

    /// Keeps a whole input in the history.
    ///
    /// - Parameter isAllowed: Whether it may be written down at all.
    func remember(_ text: String, if isAllowed: Bool) async {
        guard isAllowed else { return }
        await withCheckedContinuation { continuation in
            queue.async {
                self.editor.remember(text)
                continuation.resume()
            }
        }
    }
}
