// SPDX-License-Identifier: Apache-2.0

/// Something about the audit that cannot be so.
public struct AuditFault: Hashable, Sendable {
    /// The row it was found at.
    public var sequence: Int?
    /// What is wrong, as a sentence; names in it come from the file and are hostile until cleaned.
    public var text: String

    /// Makes a fault.
    public init(_ text: String, at sequence: Int? = nil) {
        self.text = text
        self.sequence = sequence
    }
}

/// Goes along a chain, row by row, and notes where it does not hold.
public struct AuditChain: Sendable {
    /// How many rows it was given.
    public private(set) var count = 0
    /// The number of the last row.
    public private(set) var sequence: Int
    /// The hash that the last row bears.
    public private(set) var hash: String
    /// What was found, the first faults only.
    public private(set) var faults: [AuditFault] = []
    /// How much was found.
    public private(set) var faultCount = 0

    /// How many faults are kept.
    private static let most = 100

    /// Begins before the first row, or behind one that is known.
    public init(after sequence: Int = 0, hash: String = AuditRow.origin) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Takes the next row.
    public mutating func take(_ row: AuditRow) {
        let isNext = follow(row.sequence)
        if isNext, row.expectedHash(after: hash) != row.hash {
            note("row \(row.sequence) is not as it was written, or the row before it is not", row.sequence)
        }
        hash = row.hash
    }

    /// Takes a row that cannot be read as one.
    public mutating func takeUnreadable(_ sequence: Int, hash: String?) {
        _ = follow(sequence)
        note("row \(sequence) is damaged: a column holds what was never written there", sequence)
        self.hash = hash ?? ""
    }

    /// Compares the end with the head that stands beside the chain.
    public mutating func end(_ head: (sequence: Int, hash: String)?) {
        guard let head else {
            if sequence > 0 { note("the head, which tells the last row, is gone", sequence) }
            return
        }
        if head.sequence > sequence {
            note(
                "the end is missing: the last row was \(head.sequence), and the last that is there is \(sequence)",
                head.sequence)
        } else if head.sequence < sequence {
            note("the head names row \(head.sequence) as the last one, and there are rows behind it", head.sequence)
        } else if head.hash != hash {
            note("the head names another hash than the last row bears", sequence)
        }
    }

    mutating func note(_ text: String, _ sequence: Int? = nil) {
        faultCount += 1
        if faults.count < Self.most { faults.append(AuditFault(text, at: sequence)) }
    }

    /// Whether a row is the one that has to come now.
    private mutating func follow(_ next: Int) -> Bool {
        count += 1
        defer { sequence = next }
        let (due, isOver) = sequence.addingReportingOverflow(1)
        guard next != due || isOver else { return true }
        if next > sequence, !isOver {
            note(
                next - due > 0
                    ? "\(next - due == 1 ? "row \(due) is missing" : "rows \(due) to \(next - 1) are missing")"
                    : "row \(next) stands where row \(due) belongs", due)
        } else {
            note("row \(next) stands behind row \(sequence)", next)
        }
        return false
    }
}
