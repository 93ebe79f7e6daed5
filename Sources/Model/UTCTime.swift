// SPDX-License-Identifier: Apache-2.0

/// Moments as RFC 3339 writes them, in UTC and to the second: `2026-11-22T18:00:00Z`.
public enum UTCTime {
    /// The text of a moment.
    ///
    /// - Parameter seconds: Seconds since 1970; what no calendar holds becomes the nearest moment that it does.
    public static func text(_ seconds: Double) -> String {
        let bounded = seconds.isFinite ? min(max(seconds, 0), 253_402_300_799) : 0
        let civil = CivilTime(seconds: Int(bounded))
        let (date, time) = (Array(civil.date), Array(civil.time))
        func part(_ digits: [Character], _ range: Range<Int>) -> String { String(digits[range]) }
        guard date.count == 8, time.count == 6 else { return "1970-01-01T00:00:00Z" }
        return "\(part(date, 0..<4))-\(part(date, 4..<6))-\(part(date, 6..<8))"
            + "T\(part(time, 0..<2)):\(part(time, 2..<4)):\(part(time, 4..<6))Z"
    }

    /// The seconds since 1970 of `2026-11-22T18:00:00Z` or of the day `2026-11-22`, which begins at midnight UTC; nil for
    /// anything else.
    public static func seconds(_ text: String) -> Double? {
        let full = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        let numbers = full.split(omittingEmptySubsequences: false) { "-T:Z".contains($0) }
        guard full.utf8.count == 20, full.hasSuffix("Z"), numbers.count == 7, numbers[6].isEmpty else { return nil }
        let values = numbers.prefix(6).compactMap { $0.utf8.allSatisfy(\.isASCIIDigit) ? Int($0) : nil }
        guard values.count == 6, (1970...9999).contains(values[0]), (1...12).contains(values[1]),
            (1...31).contains(values[2]), values[3] < 24, values[4] < 60, values[5] < 60
        else { return nil }
        // Days from a date in the Gregorian calendar, with years that begin in March.
        let year = values[1] <= 2 ? values[0] - 1 : values[0]
        let month = (values[1] + 9) % 12
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + values[2] - 1 - 719_468
        let seconds = Double(days * 86_400 + values[3] * 3600 + values[4] * 60 + values[5])
        // The 31st of April is none: only what reads back the same was a moment.
        return Self.text(seconds) == full ? seconds : nil
    }
}
