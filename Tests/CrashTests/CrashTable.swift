// SPDX-License-Identifier: Apache-2.0

/// Counts what came of all cases of this process.
actor CrashTable {
    static let shared = CrashTable()

    struct Row {
        var crashes = 0
        var cases = 0
        var resolved = 0
        var inDoubt = 0
        var duplicates = 0
    }

    private var rows: [String: Row] = [:]
    private var references: [String: CrashReference] = [:]

    func add(_ result: CrashCase.Result, of runbook: String) {
        var row = rows[runbook] ?? Row()
        row.cases += 1
        row.crashes += result.crashes
        row.resolved += result.isResolved ? 1 : 0
        row.inDoubt += result.isResolved ? 0 : 1
        row.duplicates += result.duplicates
        rows[runbook] = row
    }

    /// The reference of a runbook, made once.
    func reference(_ runbook: CrashRunbook) async throws -> CrashReference {
        if let known = references[runbook.name] { return known }
        let made = try await CrashReference(runbook)
        references[runbook.name] = made
        return made
    }

    /// The table as the page has it, and the share that was resolved without a person.
    var page: (text: String, share: Double) {
        var text = "| runbook | runs | crashes | resolved alone | in doubt | duplicates |\n|---|---|---|---|---|---|\n"
        var sum = Row()
        for runbook in CrashRunbook.all {
            guard let row = rows[runbook.name] else { continue }
            text +=
                "| \(runbook.name) | \(row.cases) | \(row.crashes) | \(row.resolved) | \(row.inDoubt) | \(row.duplicates) |\n"
            sum.cases += row.cases
            sum.crashes += row.crashes
            sum.resolved += row.resolved
            sum.inDoubt += row.inDoubt
            sum.duplicates += row.duplicates
        }
        text += "| **all** | \(sum.cases) | \(sum.crashes) | \(sum.resolved) | \(sum.inDoubt) | \(sum.duplicates) |\n"
        return (text, sum.cases == 0 ? 1 : Double(sum.resolved) / Double(sum.cases))
    }
}

extension CrashReference {
    /// The reference of a runbook, made once.
    static func of(_ runbook: CrashRunbook) async throws -> CrashReference {
        try await CrashTable.shared.reference(runbook)
    }
}
