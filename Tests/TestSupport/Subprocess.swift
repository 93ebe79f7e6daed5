// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// How a process ended and what it wrote.
public struct ProcessResult: Sendable {
    /// The exit status, or 128 plus the signal's number.
    public var status: Int32
    /// All of standard output.
    public var output: String
    /// All of standard error.
    public var errors: String

    /// Makes a result.
    public init(status: Int32, output: String, errors: String) {
        self.status = status
        self.output = output
        self.errors = errors
    }
}

/// A program did not end in time and was ended, with all that it had started.
public struct TookTooLong: Error, CustomStringConvertible {
    /// The program with its arguments, the time and what it wrote until then.
    public let description: String
}

/// As many programs run at once as do not swamp a small machine.
let turns = Turns(6)

/// Runs a program to its end with the given standard input; no thread of the pool waits for it.
///
/// - Parameters:
///   - environment: Added to PATH and HOME of this process; nothing else is passed on.
///   - seconds: How long it may take; then it is ended and ``TookTooLong`` is thrown.
public func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
    directory: URL? = nil, seconds: Int = 120
) async throws -> ProcessResult {
    await turns.take()
    defer { turns.give() }
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let output = try scratch.write("stdout", "")
    let errors = try scratch.write("stderr", "")
    let child = try ChildProcess(
        program, arguments, environment: environment, directory: directory,
        input: input.map { FileHandle(forReadingAtPath: try scratch.write("stdin", $0).path) } ?? nil,
        output: FileHandle(forWritingTo: output), errors: FileHandle(forWritingTo: errors))
    let watch = child.end(after: seconds)
    let status = await child.ending()
    watch.cancel()
    let result = ProcessResult(
        status: status < 0 ? 128 - status : status,
        output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    if child.tookTooLong {
        let words = ([program.path] + arguments).joined(separator: " ")
        throw TookTooLong(description: "\(words)\ntook over \(seconds) s:\n\(result.output)\n\(result.errors)")
    }
    return result
}
