// SPDX-License-Identifier: Apache-2.0

extension YearlyZoneRule {
    /// Reads a rule, or nil where the text is none.
    init?(_ text: String) {
        var cursor = Cursor(rest: Array(text.utf8)[...])
        guard cursor.name(), let west = cursor.time(most: 24) else { return nil }
        standard = -west
        summer = nil
        if cursor.rest.isEmpty { return }
        guard cursor.name() else { return nil }
        var offset = standard + 3600
        if cursor.rest.first != UInt8(ascii: ",") {
            guard let west = cursor.time(most: 24) else { return nil }
            offset = -west
        }
        guard let begin = cursor.change(), let end = cursor.change(), cursor.rest.isEmpty else { return nil }
        summer = (offset, begin, end)
    }

    private struct Cursor {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// `CET` or `<+03>`.
        mutating func name() -> Bool {
            if skip("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number(in range: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...3).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let number = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
            return range.contains(number) ? number : nil
        }

        /// `-1`, `3:30` or `26:00:00` as seconds.
        mutating func time(most: Int) -> Int? {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            guard let hours = number(in: 0...most) else { return nil }
            var seconds = hours * 3600
            if skip(":") {
                guard let minutes = number(in: 0...59) else { return nil }
                seconds += minutes * 60
                if skip(":") {
                    guard let more = number(in: 0...59) else { return nil }
                    seconds += more
                }
            }
            return isNegative ? -seconds : seconds
        }

        /// `,M3.5.0/3`.
        mutating func change() -> Change? {
            guard skip(","), let day = day() else { return nil }
            guard skip("/") else { return Change(day: day, second: 7200) }
            return time(most: 167).map { Change(day: day, second: $0) }
        }

        private mutating func day() -> Change.Day? {
            if skip("J") { return number(in: 1...365).map { .julian($0) } }
            guard skip("M") else { return number(in: 0...365).map { .plain($0) } }
            guard let month = number(in: 1...12), skip("."), let week = number(in: 1...5), skip("."),
                let day = number(in: 0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
