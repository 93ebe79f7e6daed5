// SPDX-License-Identifier: Apache-2.0

/// How far a task has come, read from the lines of its log.
///
/// The log is for people and may change with any release, so it is read leniently: what is not understood is left out.
/// Backups of virtual machines, mirrored and copied disks and live migrations tell figures (pve-facts §4).
public struct TaskFigures: Hashable, Sendable {
    /// What is being worked on, such as `scsi0` or `Backup of VM 100`.
    public var subject: String?
    /// The part that is done, from 0 to 1.
    public var fraction: Double?
    /// The bytes that are done.
    public var done: Double?
    /// The bytes there are in all.
    public var total: Double?
    /// The last line of the log.
    public var line: String?

    /// Figures that say nothing yet.
    public init() {}

    /// Takes the next line of the log.
    public mutating func read(_ text: String) {
        let text = Self.withoutTime(TextCleaning.line(text))
        guard !text.isEmpty else { return }
        line = text
        if let subject = Self.subject(of: text) {
            self = TaskFigures()
            self.subject = subject
            line = text
        }
        guard let (done, total) = Self.amounts(in: text) else { return }
        if let drive = Self.between("drive-", ":", in: text) { subject = drive }
        self.done = done
        self.total = total
        fraction = total > 0 ? min(max(done / total, 0), 1) : nil
    }

    /// The work that a line says begins now.
    private static func subject(of text: String) -> String? {
        if let rest = after("Starting Backup of ", in: text) { return "Backup of " + rest.prefix { $0 != "(" }.trimmed }
        if let rest = after("create full clone of drive ", in: text) { return rest.prefix { $0 != " " }.trimmed }
        if let rest = after("starting migration of ", in: text) {
            return "migration of " + rest.prefix { $0 != "(" }.trimmed
        }
        return nil
    }

    /// The line without the time that migrations write before each of theirs.
    private static func withoutTime(_ text: String) -> String {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].count == 10, words[1].count == 8,
            (words[0] + words[1]).allSatisfy({ $0.isNumber || $0 == "-" || $0 == ":" })
        else { return text }
        return String(words[2])
    }

    /// The two sizes of `1.2 GiB of 4.0 GiB`.
    private static func amounts(in text: String) -> (done: Double, total: Double)? {
        let words = text.split { $0 == " " || $0 == "(" || $0 == ")" }
        for index in words.indices where words[index] == "of" && index >= 2 && index + 2 < words.count {
            if let done = size(words[index - 2], words[index - 1]), let total = size(words[index + 1], words[index + 2])
            {
                return (done, total)
            }
        }
        return nil
    }

    private static func size(_ number: Substring, _ unit: Substring) -> Double? {
        let units = ["B": 1.0, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776]
        guard let factor = units[String(unit.filter(\.isLetter))], let amount = Double(number), amount.isFinite,
            amount >= 0
        else { return nil }
        return amount * factor
    }

    private static func after(_ mark: String, in text: String) -> Substring? {
        guard let range = text.firstRange(of: mark) else { return nil }
        return text[range.upperBound...]
    }

    private static func between(_ left: String, _ right: Character, in text: String) -> String? {
        guard let rest = after(left, in: text), let end = rest.firstIndex(of: right) else { return nil }
        return String(rest[..<end])
    }
}

extension Substring {
    fileprivate var trimmed: String { TextCleaning.trimmed(String(self)) }
}
