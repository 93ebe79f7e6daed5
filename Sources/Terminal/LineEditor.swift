// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Text

/// Reads lines from a person, with editing, history and completion where there is a terminal, and plainly elsewhere.
///
/// Reading blocks the calling thread.
public final class LineEditor {
    /// What reading a line came to.
    public enum Line: Hashable, Sendable {
        /// A line, without its line feed.
        case text(String)
        /// Ctrl-C: what was typed is dropped.
        case interrupted
        /// Ctrl-D on an empty line, or the end of the input.
        case end
    }

    /// What a prompt is set in, as terminals number it.
    public enum Colour: Int, Sendable {
        case red = 31
        case yellow = 33
        case blue = 34
        case cyan = 36
    }

    /// Words that could stand in the place of the one before the cursor; the cursor is an offset in UTF-8.
    public typealias Completion = (_ line: String, _ cursor: Int) -> [String]

    private let editor: EditlineSession?
    private let plain: PlainLineReader

    /// Whether lines are edited, or read as they come.
    public var isInteractive: Bool { editor != nil }

    /// Makes an editor on two descriptors, which it does not close.
    ///
    /// - Parameters:
    ///   - input: Where keys come from.
    ///   - output: Where the line is shown.
    ///   - environment: `TERM` is looked at.
    ///   - history: The file that keeps what was typed, made with mode 0600; nil to keep nothing.
    ///   - completion: Asked when Tab is pressed.
    public init(
        input: Int32 = 0, output: Int32 = 2, environment: [String: String], history: String? = nil,
        completion: Completion? = nil
    ) {
        let terminal = environment["TERM"] ?? ""
        let canEdit = isatty(input) == 1 && isatty(output) == 1 && terminal != "dumb" && !terminal.isEmpty
        plain = PlainLineReader(input: input, output: output)
        editor =
            canEdit
            ? EditlineSession(
                input: input, output: output, terminal: terminal, history: history, completion: completion) : nil
    }

    /// Reads one line.
    ///
    /// For the further lines of something longer, pass another prompt.
    ///
    /// - Parameter colour: The prompt's, where lines are edited; nil for none.
    public func read(prompt: String, colour: Colour? = nil) -> Line {
        let prompt = TextCleaner.clean(prompt)
        return editor?.read(prompt: prompt, colour: colour) ?? plain.read(prompt: prompt)
    }

    /// Adds what was typed to the history, all its lines as one; what begins with a space is left out.
    public func remember(_ text: String) {
        if !text.isEmpty, !text.hasPrefix(" "), text.utf8.count <= Self.longestRemembered { editor?.remember(text) }
    }

    /// Goes on with the history of another file.
    public func use(history: String?) { editor?.use(history: history) }

    /// The longest input that is kept, in bytes.
    private static let longestRemembered = 64 << 10
}
