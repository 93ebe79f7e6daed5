// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model

/// The command `pvelua audit export`.
struct AuditExport: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the audit as JSON lines with all fields and hashes.",
        usage: "pvelua audit export [--since TIME] [options]",
        discussion:
            "Each line holds the hash of the row before it too (previous), so that every row can be checked elsewhere, "
            + "whatever the export begins with.\n\n" + ExitStatus.help)

    @Option(help: ArgumentHelp("Only rows from then on: 2h, 7d, 2026-11-23.", valueName: "time"))
    var since: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let since = try since.map { (text) throws(Failure) in try AuditTime.since(text, now: WallTime.seconds()) }
        var previous = AuditRow.origin
        var bytes: [UInt8] = []
        // A clock that was put back hides nothing: from the first row that is late enough, all rows are written.
        var hasBegun = since == nil
        try await Workplace(context: context, options: options).journalToRead().eachAuditRow { (row) throws(Failure) in
            hasBegun = hasBegun || row.time >= since ?? 0
            if hasBegun {
                var object = row.json.object ?? JSONObject()
                object["previous"] = .string(previous)
                bytes += JSONValue.object(object).encoded() + [0x0a]
                if bytes.count > 1 << 20 { try Self.put(&bytes) }
            }
            previous = row.hash
        }
        try Self.put(&bytes)
        return .done
    }

    private static func put(_ bytes: inout [UInt8]) throws(Failure) {
        guard writeAll(1, bytes) else { throw .lostOutput }
        bytes.removeAll(keepingCapacity: true)
    }
}
