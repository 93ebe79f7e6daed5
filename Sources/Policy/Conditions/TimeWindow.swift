// SPDX-License-Identifier: Apache-2.0

/// A time of the week in a zone: `during: { days: [mon-fri], from: "22:00", to: "06:00", zone: Europe/Berlin }`.
///
/// A window over midnight belongs to the day on which it begins.
struct TimeWindow: Hashable, Sendable {
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// The days, Monday being 0.
    var days: Set<Int>
    /// Seconds after midnight; the end is not inside. All day where both are nil.
    var hours: (from: Int, to: Int)?
    var zone: TimeZoneRules
    /// How it is told.
    var text: String

    /// Whole seconds of a moment that a calendar holds, or nil.
    static func seconds(_ time: Double) -> Int? {
        guard time.isFinite, abs(time) < 253_402_300_800 else { return nil }
        return Int(time.rounded(.down))
    }

    func contains(_ seconds: Int) -> Bool {
        let local = seconds + zone.offset(at: seconds)
        let second = ((local % 86_400) + 86_400) % 86_400
        // 1970 began on a Thursday.
        let day = ((((local - second) / 86_400 + 3) % 7) + 7) % 7
        guard let hours else { return days.contains(day) }
        if hours.from < hours.to { return days.contains(day) && hours.from <= second && second < hours.to }
        return days.contains(day) && second >= hours.from || days.contains((day + 6) % 7) && second < hours.to
    }

    static func == (left: TimeWindow, right: TimeWindow) -> Bool {
        left.days == right.days && left.hours?.from == right.hours?.from && left.hours?.to == right.hours?.to
            && left.zone == right.zone && left.text == right.text
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(days)
        hasher.combine(text)
    }
}
