// SPDX-License-Identifier: Apache-2.0
public import Model

/// The convention by which snapshots are named: text with `{number}`, `{date}`, `{time}`, `{vmid}` and `{name}`.
///
/// `{number:04d}` is padded with zeros to four digits. The result always obeys Proxmox's rule for snapshot names.
public struct SnapshotNaming: Sendable, Hashable {
    /// The template.
    public var template = "aiagent-snap-{number:04d}"
    /// The first number that the counter gives.
    public var firstNumber = 1

    /// Makes the shipped convention.
    public init() {}

    /// Makes a convention.
    ///
    /// - Throws: ``Failure`` of kind `config` for an unknown placeholder or braces that do not match.
    public init(template: String, firstNumber: Int) throws(Failure) {
        self.template = template
        self.firstNumber = firstNumber
        _ = try pieces()
    }

    /// Whether the name holds a number, so that the counter must be asked.
    public var usesNumber: Bool { template.contains("{number") }

    /// The name of a snapshot.
    ///
    /// - Parameter seconds: Seconds since 1970, for the date and the time, both in UTC.
    /// - Throws: ``Failure`` of kind `config` where the convention gives no valid name for this guest.
    public func name(number: Int, vmid: VMID, guestName: String, seconds: Int) throws(Failure) -> SnapshotName {
        let moment = CivilTime(seconds: seconds)
        var text = ""
        for piece in try pieces() {
            switch piece {
            case .text(let part): text += part
            case .number(let width): text += CivilTime.padded(number, width)
            case .date: text += moment.date
            case .time: text += moment.time
            case .vmid: text += vmid.description
            case .name: text += String(guestName.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
            }
        }
        guard let name = SnapshotName(text) else {
            throw Failure(
                .config, "the snapshot convention \"\(template)\" gives \"\(text)\", which Proxmox does not take",
                hint: "a letter, then letters, digits, - and _, 2 to 40 in all")
        }
        return name
    }

    private enum Piece { case text(String), number(width: Int), date, time, vmid, name }

    private func pieces() throws(Failure) -> [Piece] {
        var result: [Piece] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            result.append(.text(String(rest[..<open])))
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw Failure(.config, "the snapshot convention \"\(template)\" lacks a }")
            }
            result.append(try placeholder(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        result.append(.text(String(rest)))
        return result
    }

    private func placeholder(_ text: String) throws(Failure) -> Piece {
        switch text {
        case "number": return .number(width: 1)
        case "date": return .date
        case "time": return .time
        case "vmid": return .vmid
        case "name": return .name
        default:
            if text.hasPrefix("number:0"), text.hasSuffix("d"), let width = Int(text.dropFirst(8).dropLast()),
                (1...9).contains(width)
            {
                return .number(width: width)
            }
            throw Failure(
                .config, "the snapshot convention has an unknown placeholder {\(text)}",
                hint: "{number}, {number:04d}, {date}, {time}, {vmid} and {name} are known")
        }
    }
}

/// A moment in UTC as a calendar and a clock show it.
struct CivilTime {
    let date: String
    let time: String

    /// Howard Hinnant's days-to-civil algorithm, valid for every date that Proxmox can hold.
    init(seconds: Int) {
        let bounded = min(max(seconds, 0), 253_402_300_799)
        let days = bounded / 86_400 + 719_468
        let second = bounded % 86_400
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        date = Self.padded(year, 4) + Self.padded(month, 2) + Self.padded(day, 2)
        time = Self.padded(second / 3600, 2) + Self.padded(second / 60 % 60, 2) + Self.padded(second % 60, 2)
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
