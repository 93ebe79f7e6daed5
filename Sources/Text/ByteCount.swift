// SPDX-License-Identifier: Apache-2.0

/// A number of bytes as people write it.
public enum ByteCount {
    /// The largest that any setting takes: 1 TiB.
    public static let largest = 1 << 40

    /// The bytes in `512KiB`, `64MiB` or `1GiB`, or nil for anything else; the unit must be there.
    public static func bytes(_ text: String) -> Int? {
        let units: [(suffix: String, bytes: Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let digits = text.dropLast(unit.suffix.count)
        guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(digits), number > 0, number <= largest / unit.bytes
        else { return nil }
        return number * unit.bytes
    }
}

extension ByteCount {
    /// The bytes in the largest unit that leaves a whole number: `64 MiB`, `1536 KiB`, `100 bytes`.
    public static func text(_ bytes: Int) -> String {
        for (name, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes >= size && bytes.isMultiple(of: size) {
            return "\(bytes / size) \(name)"
        }
        return "\(bytes) bytes"
    }
}
