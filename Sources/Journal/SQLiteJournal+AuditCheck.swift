// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// What checking an audit came to.
public struct AuditReport: Sendable {
    /// How many rows there are.
    public var rows = 0
    /// The last row's number and hash.
    public var end: (sequence: Int, hash: String) = (0, AuditRow.origin)
    /// When the first and the last row were written, in seconds since 1970.
    public var span: (first: Double, last: Double)?
    /// What is wrong, the first faults only.
    public var faults: [AuditFault] = []
    /// How much is wrong.
    public var faultCount = 0
    /// How many steps of the journal were held against the audit.
    public var steps = 0
    /// The signed checkpoints, in order; their signatures are not looked at here.
    public var checkpoints: [AuditCheckpoint] = []
    /// How many rows bore the hash that a copy has of them.
    public var anchored = 0
    /// How many rows a copy does not have.
    public var unanchored = 0

    /// Adds a fault.
    public mutating func add(_ fault: AuditFault) {
        faultCount += 1
        if faults.count < 100 { faults.append(fault) }
    }
}

extension SQLiteJournal {
    /// Goes through the whole audit as the file has it at one moment, and holds the steps against it.
    ///
    /// - Parameter anchors: The hashes of rows as a copy elsewhere has them, by their numbers.
    public func checkAudit(against anchors: [Int: String]? = nil) throws(Failure) -> AuditReport {
        try read { connection throws(SQLiteError) in
            try connection.snapshot { () throws(SQLiteError) in
                var check = AuditCheck(anchors)
                try check.rows(of: connection)
                try check.steps(of: connection)
                return check.finished()
            }
        }
    }
}

/// The state of one check.
private struct AuditCheck {
    private static let page = 2000

    private let anchors: [Int: String]?
    private var chain = AuditChain()
    private var ledger = StepLedger()
    private var report = AuditReport()
    /// The hash of each row, by its number less one; only what a checkpoint may name.
    private var hashes: [Int: String] = [:]

    init(_ anchors: [Int: String]?) { self.anchors = anchors }

    mutating func rows(of connection: SQLiteConnection) throws(SQLiteError) {
        // As bytes: what is no UTF-8 would otherwise be mended on the way and could be taken for what was hashed.
        let query = """
            SELECT sequence, at, CAST(account AS BLOB), CAST(kind AS BLOB), CAST(run AS BLOB), step,
                CAST(cluster AS BLOB), CAST(body AS BLOB), CAST(hash AS BLOB), typeof(at), typeof(step), typeof(body)
            FROM audit WHERE sequence > ? ORDER BY sequence LIMIT \(Self.page)
            """
        var after = Int.min
        while true {
            let page = try connection.query(query, [SQLiteValue(after)])
            for row in page { take(row) }
            guard page.count == Self.page, let last = page.last?.integer(0) else { break }
            after = last
        }
        let head = try connection.query("SELECT sequence, CAST(hash AS BLOB) FROM audit_head").first
        chain.end(head.map { ($0.integer(0) ?? 0, $0.checkedText(1) ?? "") })
        compareEnd()
    }

    private mutating func take(_ stored: SQLiteRow) {
        guard let row = AuditRow(checking: stored) else {
            return chain.takeUnreadable(stored.integer(0) ?? 0, hash: stored.checkedText(8))
        }
        chain.take(row)
        hashes[row.sequence] = row.hash
        report.span = (report.span?.first ?? row.time, row.time)
        if let anchors {
            switch anchors[row.sequence] {
            case row.hash?: report.anchored += 1
            case nil: report.unanchored += 1
            case let other?:
                chain.note(
                    "row \(row.sequence) is not the one that was copied: the copy has \(other.prefix(16))…", row.sequence)
            }
        }
        if row.kind == AuditEvent.Kind.checkpoint.rawValue {
            let checkpoint = AuditCheckpoint(row)
            if let checkpoint, checkpoint.sequence < row.sequence, hashes[checkpoint.sequence] == checkpoint.hash {
                report.checkpoints.append(checkpoint)
            } else {
                chain.note("the checkpoint in row \(row.sequence) does not fit the rows before it", row.sequence)
            }
        }
        ledger.take(row)
    }

    private mutating func compareEnd() {
        guard let anchors, let last = anchors.keys.max(), last > chain.sequence else { return }
        let more = anchors.keys.reduce(0) { $0 + ($1 > chain.sequence ? 1 : 0) }
        chain.note(
            "the end is missing: the copy has \(more) row\(more == 1 ? "" : "s") behind row \(chain.sequence), the last one "
                + "here", last)
    }

    mutating func steps(of connection: SQLiteConnection) throws(SQLiteError) {
        for fault in try ledger.differences(in: connection) { chain.note(fault) }
        report.steps = ledger.compared
    }

    func finished() -> AuditReport {
        var report = report
        report.rows = chain.count
        report.end = (chain.sequence, chain.hash)
        report.faults = chain.faults
        report.faultCount = chain.faultCount
        return report
    }
}

extension AuditRow {
    /// The row as it stands, or nil where a column holds what cannot have been written.
    fileprivate init?(checking row: SQLiteRow) {
        guard let sequence = row.integer(0), row.text(9) == "real", let time = row.real(1),
            let account = row.checkedText(2), let kind = row.checkedText(3), let body = row.checkedText(7),
            let hash = row.checkedText(8), ["integer", "null"].contains(row.text(10)), row.text(11) == "text"
        else { return nil }
        for column in [4, 6] where row.values[column] != .null && row.checkedText(column) == nil { return nil }
        self.init(
            sequence: sequence, time: time, account: account, kind: kind, run: row.checkedText(4),
            step: row.integer(5), cluster: row.checkedText(6), body: body, hash: hash)
    }
}

extension SQLiteRow {
    /// The text that a column of bytes holds, or nil where it is none.
    fileprivate func checkedText(_ column: Int) -> String? {
        blob(column).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
