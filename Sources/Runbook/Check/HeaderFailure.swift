// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model

/// Finds the place again that the failure of a header tells in its message.
enum HeaderFailure {
    static func finding(_ failure: Failure, in text: CheckedText) -> RawFinding {
        let prefix = text.file + ":"
        let parts =
            failure.message.hasPrefix(prefix)
            ? failure.message.dropFirst(prefix.count).split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            : []
        guard parts.count == 3, let line = Int(parts[0]), let column = Int(parts[1]) else {
            return RawFinding(.header, failure.message, hint: failure.hint, at: 0..<1)
        }
        let offset = LuaPlace.offset(line: line, column: column, in: text.source)
        let message = parts[2].drop { $0 == " " }
        return RawFinding(.header, String(message), hint: failure.hint, at: offset..<(offset + 1))
    }
}
