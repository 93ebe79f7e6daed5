// SPDX-License-Identifier: Apache-2.0

extension String {
    /// How many columns the text takes on a terminal; the text is expected to be clean (see ``TextCleaner``).
    public var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text, or as much of it as fits into so many columns with `…` at its end.
    public func truncated(toWidth width: Int) -> String {
        guard displayWidth > width else { return self }
        guard width > 0 else { return "" }
        var result = ""
        var used = 1
        for character in self {
            used += character.displayWidth
            guard used <= width else { break }
            result.append(character)
        }
        return result + "…"
    }
}

extension Character {
    /// How many columns the character takes: 2 for East Asian wide ones and emoji, 0 for what only combines.
    var displayWidth: Int { unicodeScalars.reduce(0) { max($0, Self.width($1)) } }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f ? 0 : 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// East Asian Width W and F of Unicode, in broad strokes.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x23e9...0x23ec, 0x2614...0x2615, 0x2648...0x2653,
        0x26a1...0x26a1, 0x26d4...0x26d4, 0x2705...0x2705, 0x274c...0x274c, 0x2753...0x2755, 0x2757...0x2757,
        0x2795...0x2797, 0x2b50...0x2b50, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0xa4cf,
        0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60,
        0xffe0...0xffe6, 0x16fe0...0x18aff, 0x1b000...0x1b2ff, 0x1f004...0x1f004, 0x1f0cf...0x1f0cf,
        0x1f18e...0x1f18e, 0x1f191...0x1f19a, 0x1f1e6...0x1f1ff, 0x1f200...0x1f320, 0x1f32d...0x1f335,
        0x1f337...0x1f37c, 0x1f37e...0x1f393, 0x1f3a0...0x1f3ca, 0x1f3cf...0x1f3d3, 0x1f3e0...0x1f3f0,
        0x1f3f4...0x1f3f4, 0x1f3f8...0x1f43e, 0x1f440...0x1f440, 0x1f442...0x1f4fc, 0x1f4ff...0x1f53d,
        0x1f54b...0x1f567, 0x1f595...0x1f596, 0x1f5a4...0x1f5a4, 0x1f5fb...0x1f64f, 0x1f680...0x1f6c5,
        0x1f6cc...0x1f6cc, 0x1f6d0...0x1f6ff, 0x1f7e0...0x1f7eb, 0x1f90c...0x1f9ff, 0x1fa70...0x1faff,
        0x20000...0x2fffd, 0x30000...0x3fffd,
    ]
}
