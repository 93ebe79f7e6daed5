// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Glibc
internal import JSON
internal import Model
internal import Text

/// How results and errors are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json

    /// Writes what a command found out on standard output.
    ///
    /// - Parameter text: The same for people, ending in a line end.
    /// - Throws: ``Failure`` where standard output takes no more: what nobody can read is no success.
    func write(
        json: @autoclosure () throws(Failure) -> JSONValue, text: @autoclosure () throws(Failure) -> String
    ) throws(Failure) {
        let bytes =
            switch self {
            case .json where isatty(1) == 1: Array((TextCleaner.clean(json: try json().text) + "\n").utf8)
            case .json: try json().encoded() + [0x0a]
            case .text: Array(try text().utf8)
            }
        guard writeAll(1, bytes) else { throw .lostOutput }
    }
}

extension Failure {
    /// What belongs on standard output could not be written there.
    static let lostOutput = Failure(.script, "standard output could not be written to the end")
}
