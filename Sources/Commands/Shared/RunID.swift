// SPDX-License-Identifier: Apache-2.0

/// Ids of runs: time first, so that they sort, then chance; Crockford's base 32, 22 characters.
enum RunID {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz")

    /// One that nobody has.
    static func fresh() -> String { make(seconds: WallTime.seconds(), random: UInt64.random(in: 0...UInt64.max)) }

    static func make(seconds: Double, random: UInt64) -> String {
        let milliseconds = UInt64(max(0, min(seconds, 281_474_976_710) * 1000))
        return encode(milliseconds, 9) + encode(random, 13)
    }

    private static func encode(_ number: UInt64, _ count: Int) -> String {
        var rest = number
        var text: [Character] = []
        for _ in 0..<count {
            text.append(digits[Int(rest & 31)])
            rest >>= 5
        }
        return String(text.reversed())
    }
}
