// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Asks the person at the terminal.
public protocol Prompter: Sendable {
    /// Whether there is somebody to ask.
    var isPresent: Bool { get }
    /// The columns of the terminal; nil where it does not tell.
    var width: Int? { get }

    /// What was answered, without its line feed; nil where nobody can be asked or nobody answered in time.
    ///
    /// - Parameters:
    ///   - prompt: The question, shown as it is: what comes from outside must have passed ``TextCleaner``.
    ///   - timeout: The seconds to wait for a whole line.
    func ask(_ prompt: String, timeout: Double) async -> String?
}

extension Prompter {
    /// Unknown, unless the one who asks knows.
    public var width: Int? { nil }

    /// Asks and waits a minute.
    public func ask(_ prompt: String) async -> String? { await ask(prompt, timeout: 60) }
}
