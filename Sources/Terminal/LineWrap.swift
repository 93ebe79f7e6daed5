// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text in lines of so many columns, broken at spaces; a word that is longer stands on a line of its own, whole.
    ///
    /// - Parameter width: The columns of a line, or nil for one line.
    public func wrapped(toWidth width: Int?) -> [String] {
        guard let width, displayWidth > width else { return [self] }
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ").map(String.init) {
            if !line.isEmpty, line.displayWidth + 1 + word.displayWidth > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }

    /// The text in lines of at most so many columns, broken at spaces; a word that is longer is broken too.
    ///
    /// - Parameter width: The columns of a line, or nil for one line.
    public func broken(toWidth width: Int?) -> [String] {
        guard let width else { return [self] }
        return wrapped(toWidth: max(width, 2)).flatMap { $0.cut(toWidth: max(width, 2)) }
    }

    private func cut(toWidth width: Int) -> [String] {
        guard displayWidth > width else { return [self] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for character in self {
            if used + character.displayWidth > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line.append(character)
            used += character.displayWidth
        }
        return lines + [line]
    }
}
