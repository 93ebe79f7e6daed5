// SPDX-License-Identifier: Apache-2.0

/// Cuts what a client sends into lines; one that is too long is skipped to its end, and told of once.
struct LineCutter {
    /// A line, or that there was one that nobody keeps.
    enum Piece: Equatable {
        case line([UInt8])
        case tooLong
    }

    /// The longest line that is kept, in bytes.
    let longest: Int
    private var line: [UInt8] = []
    private var isSkipping = false

    init(longest: Int) { self.longest = longest }

    /// The lines that end in these bytes.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [Piece] {
        var pieces: [Piece] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0a) {
            append(rest[..<end])
            if let piece = take() { pieces.append(piece) }
            rest = rest[rest.index(after: end)...]
        }
        append(rest)
        return pieces
    }

    /// What the stream ends with, where it does not end with a line's end.
    mutating func finish() -> Piece? { take() }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        guard !isSkipping else { return }
        guard line.count + bytes.count <= longest else {
            isSkipping = true
            line = []
            return
        }
        line.append(contentsOf: bytes)
    }

    private mutating func take() -> Piece? {
        defer {
            line = []
            isSkipping = false
        }
        if isSkipping { return .tooLong }
        if line.last == 0x0d { line.removeLast() }
        return line.isEmpty ? nil : .line(line)
    }
}
