// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Terminal

/// The person's lines, one after the other.
///
/// The editor is not thread-safe and reading blocks, so it lives on a queue of its own; nothing else touches it.
final class ReplInput: @unchecked Sendable {
    private let queue = DispatchQueue(label: "pvelua.repl")
    private let editor: LineEditor

    init(_ editor: LineEditor) { self.editor = editor }

    /// The next line.
    func line(prompt: String) async -> LineEditor.Line {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.editor.read(prompt: prompt)) }
        }
    }

    /// Keeps a whole input in the history.
    func remember(_ text: String) async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.editor.remember(text)
                continuation.resume()
            }
        }
    }
}
