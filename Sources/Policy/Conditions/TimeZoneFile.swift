// SPDX-License-Identifier: Apache-2.0

/// Reads the files of `/usr/share/zoneinfo`, which RFC 8536 describes.
enum TimeZoneFile {
    /// The zone's rules, or nil for bytes that are no such file.
    static func read(_ bytes: [UInt8]) -> TimeZoneRules? {
        guard let old = Header(bytes, at: 0) else { return nil }
        guard old.version >= 2 else { return table(bytes, old, at: Header.size, width: 4).map { .table($0) } }
        // A second body follows in 64 bits, and after it the rule for the time to come.
        let second = Header.size + old.length(width: 4)
        guard let header = Header(bytes, at: second),
            var table = table(bytes, header, at: second + Header.size, width: 8)
        else { return nil }
        let end = second + Header.size + header.length(width: 8)
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\n") else { return nil }
        let footer = bytes[(end + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        if !footer.isEmpty {
            guard let rule = YearlyZoneRule(String(decoding: footer, as: UTF8.self)) else { return nil }
            table.footer = rule
        }
        return .table(table)
    }

    private struct Header {
        static let size = 44
        let version: Int
        let (isUT, isStandard, leaps, times, types, characters): (Int, Int, Int, Int, Int, Int)

        init?(_ bytes: [UInt8], at start: Int) {
            guard start >= 0, bytes.count - start >= Self.size, bytes[start..<start + 4].elementsEqual("TZif".utf8)
            else {
                return nil
            }
            let digit = bytes[start + 4]
            version = digit >= UInt8(ascii: "2") ? Int(digit) - 0x30 : 1
            func count(_ index: Int) -> Int { TimeZoneFile.integer(bytes, start + 20 + index * 4, width: 4) }
            isUT = count(0)
            isStandard = count(1)
            leaps = count(2)
            times = count(3)
            types = count(4)
            characters = count(5)
            // No zone has more; sums of these cannot overflow.
            guard [isUT, isStandard, leaps, times, types, characters].allSatisfy({ (0...100_000).contains($0) }),
                types > 0
            else { return nil }
        }

        func length(width: Int) -> Int {
            times * (width + 1) + types * 6 + characters + leaps * (width + 4) + isStandard + isUT
        }
    }

    private static func table(_ bytes: [UInt8], _ header: Header, at start: Int, width: Int) -> TimeZoneTable? {
        guard bytes.count - start >= header.length(width: width) else { return nil }
        let indexes = start + header.times * width
        let types = indexes + header.times
        let offsets = (0..<header.types).map { integer(bytes, types + $0 * 6, width: 4) }
        guard let first = offsets.first, offsets.allSatisfy({ abs($0) <= 26 * 3600 }) else { return nil }
        var table = TimeZoneTable(changes: [], offsets: [], first: first)
        for index in 0..<header.times {
            let type = Int(bytes[indexes + index])
            let change = integer(bytes, start + index * width, width: width)
            guard type < offsets.count, table.changes.last.map({ $0 < change }) ?? true else { return nil }
            table.changes.append(change)
            table.offsets.append(offsets[type])
        }
        return table
    }

    /// A signed number, the greatest byte first.
    private static func integer(_ bytes: [UInt8], _ start: Int, width: Int) -> Int {
        let value = bytes[start..<start + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4 ? Int(Int32(truncatingIfNeeded: value)) : Int(Int64(bitPattern: value))
    }
}
