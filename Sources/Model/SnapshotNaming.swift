// SPDX-License-Identifier: Apache-2.0

/// The convention by which snapshots are named: text with `{number}`, `{date}`, `{time}`, `{vmid}` and `{name}`.
///
/// `{number:04d}` is padded with zeros to four digits.
public struct SnapshotNaming: Sendable, Hashable {
    /// The template.
    public let template: String
    /// The first number that the counter gives.
    public var firstNumber: Int
    private let pieces: [Piece]

    private enum Piece: Sendable, Hashable {
        case text(String)
        case number(width: Int)
        case date, time, vmid, name
    }

    /// What is wrong with a template.
    public struct Problem: Error, Hashable, Sendable {
        /// In words, without the template.
        public let text: String
    }

    /// The shipped convention: `aiagent-snap-0001` and so on.
    public static let shipped = SnapshotNaming(
        template: "aiagent-snap-{number:04d}", firstNumber: 1, pieces: [.text("aiagent-snap-"), .number(width: 4)])

    private init(template: String, firstNumber: Int, pieces: [Piece]) {
        self.template = template
        self.firstNumber = firstNumber
        self.pieces = pieces
    }

    /// Makes a convention.
    ///
    /// - Throws: ``Problem`` for unknown placeholders, unmatched braces, or text that no snapshot's name may hold.
    public init(template: String, firstNumber: Int = 1) throws(Problem) {
        self.init(template: template, firstNumber: firstNumber, pieces: try Self.pieces(of: template))
    }

    /// Whether the name holds a number, so that the counter must be asked.
    public var usesNumber: Bool {
        pieces.contains { if case .number = $0 { true } else { false } }
    }

    /// The name of a snapshot.
    ///
    /// - Parameter seconds: Seconds since 1970, for the date and the time, both in UTC.
    /// - Throws: ``Failure`` of kind `config` where the convention gives no valid name for this guest.
    public func name(number: Int, vmid: VMID, guestName: String, seconds: Int) throws(Failure) -> SnapshotName {
        let moment = CivilTime(seconds: seconds)
        var text = ""
        for piece in pieces {
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

    // MARK: - Reading a template

    private static let placeholders: [(name: String, piece: Piece)] = [
        ("number", .number(width: 1)), ("date", .date), ("time", .time), ("vmid", .vmid), ("name", .name),
    ]

    private static func pieces(of template: String) throws(Problem) -> [Piece] {
        var result: [Piece] = []
        var rest = template[...]
        while let first = rest.first {
            if first == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw Problem(text: "`{` without `}`") }
                result.append(try placeholder(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                let text = rest.prefix { $0 != "{" }
                let isAllowed = text.utf8.allSatisfy {
                    $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                }
                guard isAllowed else {
                    throw Problem(text: "a snapshot's name is made of letters, digits, `-` and `_`")
                }
                result.append(.text(String(text)))
                rest = rest[text.endIndex...]
            }
        }
        let beginsWell =
            switch result.first {
            case .name: true
            case .text(let text): text.utf8.first?.isASCIILetter ?? false
            case nil: throw Problem(text: "the pattern is empty")
            default: false
            }
        guard beginsWell else { throw Problem(text: "a snapshot's name begins with a letter") }
        return result
    }

    private static func placeholder(_ text: String) throws(Problem) -> Piece {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let known = placeholders.first(where: { $0.name == parts.first }) else {
            let names = placeholders.map { "{\($0.name)}" }.joined(separator: " ")
            throw Problem(text: "unknown placeholder `{\(text)}`; there are \(names)")
        }
        guard parts.count == 2 else { return known.piece }
        guard known.name == "number", parts[1].hasPrefix("0"), parts[1].hasSuffix("d"),
            let width = Int(parts[1].dropFirst().dropLast()), (1...9).contains(width)
        else { throw Problem(text: "only {number} takes a width, written as {number:04d}") }
        return .number(width: width)
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
