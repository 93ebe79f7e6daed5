// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Puts colour around text, or leaves it alone where colour is not wanted.
public struct Style: Hashable, Sendable {
    /// Whether anything is added.
    public var isEnabled: Bool

    /// Makes a style.
    public init(isEnabled: Bool) { self.isEnabled = isEnabled }

    /// Colour on a terminal that can show it, unless `NO_COLOR` is set.
    public static func detected(descriptor: Int32, environment: [String: String]) -> Style {
        Style(isEnabled: isatty(descriptor) == 1 && atTerminal(environment).isEnabled)
    }

    /// Colour for what is certainly written to a terminal, unless that cannot show it or `NO_COLOR` is set.
    public static func atTerminal(_ environment: [String: String]) -> Style {
        let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(isEnabled: !isRefused && environment["TERM"] != "dumb")
    }

    /// Bold text.
    public func bold(_ text: String) -> String { wrap(text, 1) }
    /// Faint text.
    public func dim(_ text: String) -> String { wrap(text, 2) }
    /// Red text.
    public func red(_ text: String) -> String { wrap(text, 31) }
    /// Green text.
    public func green(_ text: String) -> String { wrap(text, 32) }
    /// Yellow text.
    public func yellow(_ text: String) -> String { wrap(text, 33) }

    private func wrap(_ text: String, _ code: Int) -> String {
        isEnabled && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
