// SPDX-License-Identifier: Apache-2.0
internal import Terminal
internal import Text

/// The frame around everything that a person is asked to agree to; all of it may come from outside and is cleaned here.
struct ConsentBox {
    private let style: Style
    private var lines: [String]

    /// Begins with what is asked for.
    init(_ subject: String, style: Style) {
        self.style = style
        lines = ["\(style.bold("┌ pvelua asks for consent:")) \(style.bold(TextCleaner.clean(subject)))"]
    }

    /// Adds a line with its name in front.
    mutating func add(_ name: String, _ value: String) {
        add(style.dim(name + String(repeating: " ", count: max(0, 8 - name.count))) + " ", cleaning: value)
    }

    /// Adds a line.
    mutating func add(_ line: String) { add("", cleaning: line) }

    /// Adds a line that must not be overlooked.
    mutating func add(change: String) { add(style.yellow("changed while you were asked:") + " ", cleaning: change) }

    /// Adds a warning.
    mutating func add(warning: String) { lines.append("│ \(style.red("! " + TextCleaner.clean(warning)))") }

    private mutating func add(_ lead: String, cleaning text: String) {
        lines.append("│ \(lead)\(TextCleaner.clean(text))")
    }

    /// The text up to where the person types.
    func text(asking expected: String) -> String {
        (lines + ["└ type \(style.bold(expected)) to go on, anything else to stop: "]).joined(separator: "\n")
    }
}
