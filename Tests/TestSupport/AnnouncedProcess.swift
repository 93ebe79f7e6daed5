// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A program that goes on beside a test and says with its first line that it is ready.
public final class AnnouncedProcess: Sendable {
    /// The program itself.
    public let process: ChildProcess
    /// What it said first, without the line feed.
    public let line: String
    private let output: FileHandle
    private let input: FileHandle?

    /// Starts the program and waits for its first line, or until it has closed its output.
    ///
    /// - Parameter holdsInput: Whether its standard input stays open until ``closeInput()`` or the end of this process.
    public init(_ program: URL, _ arguments: [String], holdsInput: Bool = false, seconds: Int = 120) async throws {
        let (input, output) = (holdsInput ? Pipe() : nil, Pipe())
        let process = try ChildProcess(
            program, arguments, input: input?.fileHandleForReading, output: output.fileHandleForWriting)
        let reading = output.fileHandleForReading
        let watch = process.end(after: seconds)
        line = await onThread {
            var line = Data()
            while let byte = try? reading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) { line += byte }
            return String(decoding: line, as: UTF8.self)
        }
        watch.cancel()
        self.process = process
        self.output = reading
        self.input = input?.fileHandleForWriting
    }

    /// Closes its standard input.
    public func closeInput() throws { try input?.close() }

    /// What it wrote after its first line, once it has closed its output.
    public func rest() async -> String {
        let output = output
        return await onThread { String(decoding: (try? output.readToEnd()) ?? Data(), as: UTF8.self) }
    }
}
