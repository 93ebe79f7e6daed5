// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Asks the person at the terminal.
public protocol Prompter: Sendable {
    /// Whether there is somebody to ask.
    var isPresent: Bool { get }

    /// What was answered, without its line feed; nil where nobody can be asked or nobody answered in time.
    ///
    /// - Parameters:
    ///   - prompt: The question, shown as it is: what comes from outside must have passed ``TextCleaner``.
    ///   - timeout: The seconds to wait for a whole line.
    func ask(_ prompt: String, timeout: Double) async -> String?
}

extension Prompter {
    /// Asks and waits a minute.
    public func ask(_ prompt: String) async -> String? { await ask(prompt, timeout: 60) }
}
