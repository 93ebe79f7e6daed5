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
}
