// SPDX-License-Identifier: Apache-2.0

/// A length of time as people write it.
public enum TimeSpan {
    /// The longest time that any setting takes: a week.
    public static let longest = 7.0 * 24 * 3600

    /// The seconds in `300ms`, `5s`, `2m`, `1h` or `7d`, or nil for anything else; the unit must be there.
    public static func seconds(_ text: String) -> Double? {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let digits = text.dropLast(unit.suffix.count)
        guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Double(digits)
        else { return nil }
        return number * unit.seconds
    }
}
