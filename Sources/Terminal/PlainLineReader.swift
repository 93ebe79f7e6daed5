// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Reads lines as they come, and shows the prompt only to a terminal.
final class PlainLineReader {
    private let input: Int32
    private let output: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    func read(prompt: String) -> LineEditor.Line {
        if isatty(input) == 1 {
            let bytes = Array(prompt.utf8)
            _ = write(output, bytes, bytes.count)
        }
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return .text(String(decoding: buffer[start..<end], as: UTF8.self))
            }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count else { return .end }
                defer { start = buffer.count }
                return .text(String(decoding: buffer[start...], as: UTF8.self))
            }
            buffer.removeFirst(start)
            searched -= start
            start = 0
            fill()
        }
    }

    private func fill() {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(input, &chunk, chunk.count)
        if count < 0, errno == EINTR { return }
        if count <= 0 { isAtEnd = true } else { buffer += chunk.prefix(count) }
    }
}
