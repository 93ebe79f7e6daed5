// SPDX-License-Identifier: Apache-2.0

/// Moments and spans of time in words for people, always in UTC.
public enum TimeText {
    /// Such as `2026-11-21 01:00:00 UTC`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    public static func moment(_ seconds: Int) -> String {
        let civil = CivilTime(seconds: seconds)
        let date = [civil.date.prefix(4), civil.date.dropFirst(4).prefix(2), civil.date.dropFirst(6)]
        let time = [civil.time.prefix(2), civil.time.dropFirst(2).prefix(2), civil.time.dropFirst(4)]
        return date.joined(separator: "-") + " " + time.joined(separator: ":") + " UTC"
    }

    /// Such as `45 s`, `12 min`, `5 h 3 min` or `69 days`, the two coarsest units.
    ///
    /// - Parameter seconds: How long; a negative span counts as none.
    public static func span(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" }
        if seconds < 172_800 {
            let minutes = seconds / 60 % 60
            return "\(seconds / 3600) h" + (minutes > 0 ? " \(minutes) min" : "")
        }
        return "\(seconds / 86_400) days"
    }
}
