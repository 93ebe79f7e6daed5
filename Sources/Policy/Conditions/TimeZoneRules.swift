// SPDX-License-Identifier: Apache-2.0

/// How far a zone's clocks are ahead of UTC, at any time.
enum TimeZoneRules: Hashable, Sendable {
    /// Always as many seconds.
    case fixed(Int)
    /// As a table of changes says, and after its end as a yearly rule does.
    case table(TimeZoneTable)

    func offset(at seconds: Int) -> Int {
        switch self {
        case .fixed(let offset): offset
        case .table(let table): table.offset(at: seconds)
        }
    }

    /// The offset that `UTC`, `+02:00` or `-05:30` stands for; nil for any other text.
    static func fixedOffset(_ text: String) -> Int? {
        if text == "UTC" || text == "Z" { return 0 }
        let bytes = Array(text.utf8)
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"), [1, 2, 4, 5].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
        else { return nil }
        func number(_ index: Int) -> Int { Int(bytes[index] - 0x30) * 10 + Int(bytes[index + 1] - 0x30) }
        guard number(1) <= 14, number(4) < 60 else { return nil }
        return (number(1) * 3600 + number(4) * 60) * (bytes[0] == UInt8(ascii: "-") ? -1 : 1)
    }
}

/// A zone's changes as its file lists them.
struct TimeZoneTable: Hashable, Sendable {
    /// When the clocks were changed, in seconds since 1970, ascending.
    var changes: [Int]
    /// How far ahead they were after each.
    var offsets: [Int]
    /// How far ahead they were before the first.
    var first: Int
    /// What holds after the last.
    var footer: YearlyZoneRule?

    func offset(at seconds: Int) -> Int {
        guard let last = changes.last else { return footer?.offset(at: seconds) ?? first }
        if seconds >= last, let footer { return footer.offset(at: seconds) }
        // The number of changes that had happened.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }
}
