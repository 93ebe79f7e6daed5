// SPDX-License-Identifier: Apache-2.0

/// A zone's rule for years to come, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyZoneRule: Hashable, Sendable {
    /// A day of the year and the second after its midnight.
    struct Change: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// The nth weekday (Sunday being 0) of a month; the fifth is the last.
            case weekday(month: Int, week: Int, day: Int)
            /// From 1, the 29th of February never counted.
            case julian(Int)
            /// From 0, the 29th of February counted.
            case plain(Int)
        }

        var day: Day
        var second: Int
    }

    /// Seconds ahead of UTC.
    var standard: Int
    /// Seconds ahead of UTC in summer, and when summer begins and ends by the clocks of those who live through it.
    var summer: (offset: Int, begin: Change, end: Change)?

    func offset(at seconds: Int) -> Int {
        guard let summer else { return standard }
        let year = CivilDate.year(ofDay: CivilDate.floor(seconds + standard, 86_400))
        let begin = summer.begin.seconds(in: year) - standard
        let end = summer.end.seconds(in: year) - summer.offset
        let isSummer =
            begin < end ? begin <= seconds && seconds < end : !(end <= seconds && seconds < begin)
        return isSummer ? summer.offset : standard
    }

    static func == (left: YearlyZoneRule, right: YearlyZoneRule) -> Bool {
        left.standard == right.standard && left.summer?.offset == right.summer?.offset
            && left.summer?.begin == right.summer?.begin && left.summer?.end == right.summer?.end
    }

    func hash(into hasher: inout Hasher) { hasher.combine(standard) }
}

extension YearlyZoneRule.Change {
    /// When it happens in a year, in seconds since 1970 by the local clock.
    func seconds(in year: Int) -> Int {
        let first = CivilDate.days(year, 1, 1)
        let date: Int
        switch day {
        case .plain(let number): date = first + number
        case .julian(let number): date = first + number - 1 + (number >= 60 && CivilDate.isLeap(year) ? 1 : 0)
        case .weekday(let month, let week, let day):
            let begin = CivilDate.days(year, month, 1)
            let next = month == 12 ? CivilDate.days(year + 1, 1, 1) : CivilDate.days(year, month + 1, 1)
            // 1970 began on a Thursday, which is 4 where Sunday is 0.
            let weekday = (((begin + 4) % 7) + 7) % 7
            var found = begin + (day - weekday + 7) % 7 + (week - 1) * 7
            while found >= next { found -= 7 }
            date = found
        }
        return date * 86_400 + second
    }
}

/// Days since 1970 and the Gregorian calendar.
enum CivilDate {
    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }

    static func floor(_ number: Int, _ divisor: Int) -> Int {
        number >= 0 ? number / divisor : (number - divisor + 1) / divisor
    }

    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // With years that begin in March the leap day comes last.
        let year = month <= 2 ? year - 1 : year
        let month = (month + 9) % 12
        return year * 365 + floor(year, 4) - floor(year, 100) + floor(year, 400) + (month * 153 + 2) / 5 + day - 1
            - 719_468
    }

    static func year(ofDay day: Int) -> Int {
        var year = 1970 + floor(day, 366)
        while days(year + 1, 1, 1) <= day { year += 1 }
        return year
    }
}
