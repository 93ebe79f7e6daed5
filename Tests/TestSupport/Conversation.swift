// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Runs a program that answers lines with lines: says all at once, and stays until so many answers have come.
///
/// - Parameters:
///   - isAnswer: Which of the lines that it prints count.
///   - seconds: How long all may take; then it is ended and ``TookTooLong`` is thrown.
/// - Returns: The lines that it printed, those after its input ended included.
public func converse(
    with program: URL, _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil,
    lines: [String], answers: Int, seconds: Int = 180, isAnswer: @escaping @Sendable (String) -> Bool
) async throws -> [String] {
    await turns.take()
    defer { turns.give() }
    let (input, output) = (Pipe(), Pipe())
    let child = try ChildProcess(
        program, arguments, environment: environment, directory: directory, input: input.fileHandleForReading,
        output: output.fileHandleForWriting)
    let watch = child.end(after: seconds)
    defer { watch.cancel() }
    let (reading, writing) = (output.fileHandleForReading, input.fileHandleForWriting)
    let said = Data(lines.map { $0 + "\n" }.joined().utf8)
    Thread.detachNewThread {
        try? writing.write(contentsOf: said)
        if answers <= 0 { try? writing.close() }
    }
    let printed = await onThread {
        var (printed, partial, missing) = ([String](), Data(), answers)
        var isOpen = missing > 0
        while case let chunk = reading.availableData, !chunk.isEmpty {
            partial += chunk
            while let end = partial.firstIndex(of: 0x0a) {
                let line = String(decoding: partial[..<end], as: UTF8.self)
                partial = Data(partial[(end + 1)...])
                printed.append(line)
                if isAnswer(line) { missing -= 1 }
            }
            if isOpen, missing <= 0 {
                isOpen = false
                try? writing.close()
            }
        }
        if isOpen { try? writing.close() }
        return printed
    }
    _ = await child.ending()
    if child.tookTooLong {
        throw TookTooLong(description: "\(program.path): \(seconds) s\n" + printed.joined(separator: "\n"))
    }
    return printed
}
