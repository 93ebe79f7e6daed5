// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Terminal
internal import Text

/// The command `pvelua audit show`.
struct AuditShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the audit, the newest last.",
        usage: "pvelua audit show [--run ID] [--guest VMID] [--kind KIND] [options]",
        discussion: ExitStatus.help)

    @Option(help: ArgumentHelp("Only rows of this run; the beginning of its id is enough.", valueName: "id"))
    var run: String?

    @Option(help: ArgumentHelp("Only rows about this guest and the steps that touch it.", valueName: "vmid"))
    var guest: Int?

    @Option(help: ArgumentHelp("Only rows from then on: 2h, 7d, 2026-11-23.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only rows of this kind, such as consent or plan.", valueName: "kind"))
    var kind: String?

    @Option(name: .customLong("last"), help: ArgumentHelp("How many rows at most.", valueName: "n"))
    var most = 50

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard most > 0 else { throw Failure(.usage, "--last \(most) shows nothing") }
        var filter = AuditFilter(run: run, guest: guest, kind: kind)
        filter.since = try since.map { (text) throws(Failure) in try AuditTime.since(text, now: WallTime.seconds()) }
        var rows: [AuditRow] = []
        try await Workplace(context: context, options: options).journalToRead().eachAuditRow { row in
            guard filter.passes(row) else { return }
            rows.append(row)
            if rows.count >= 2 * most { rows.removeFirst(rows.count - most) }
        }
        rows = rows.suffix(most)
        try options.format.write(
            json: .array(rows.map(\.shown)),
            text: rows.map { AuditLine(row: $0, style: context.outputStyle).text + "\n" }.joined())
        return .done
    }
}

/// Which rows are wanted.
struct AuditFilter {
    let run: String?
    let guest: Int?
    let kind: String?
    var since: Double?
    /// The steps found to touch the guest.
    private var steps: Set<String> = []

    init(run: String? = nil, guest: Int? = nil, kind: String? = nil) {
        self.run = run
        self.guest = guest
        self.kind = kind
    }

    mutating func passes(_ row: AuditRow) -> Bool {
        // Asked of every row: what a step is about stands in its first row only.
        if let guest, !isAbout(guest, row) { return false }
        if let run, row.run?.hasPrefix(run) != true { return false }
        if let since, row.time < since { return false }
        if let kind, row.kind != kind, !row.kind.hasPrefix(kind + ".") { return false }
        return true
    }

    private mutating func isAbout(_ vmid: Int, _ row: AuditRow) -> Bool {
        let step = row.step.map { "\(row.run ?? "") \($0)" }
        if let step, steps.contains(step) { return true }
        guard let body = try? JSONValue(parsing: row.body), Self.guests(of: body).contains(vmid) else { return false }
        if let step { steps.insert(step) }
        return true
    }

    private static func guests(of body: JSONValue) -> [Int] {
        let numbers = (body["vmids"]?.array ?? []) + (body["made"]?.array ?? [])
        let objects = (body["guests"]?.array ?? []) + (body["guest"]?.array ?? body["guest"].map { [$0] } ?? [])
        return (numbers + objects.compactMap { $0["vmid"] }).compactMap(\.perlInteger)
    }
}

extension AuditRow {
    /// The row for programs that read rather than check: its body as the object it is.
    fileprivate var shown: JSONValue {
        var object = json.object ?? JSONObject()
        object["body"] = (try? JSONValue(parsing: body)) ?? .string(body)
        object["at"] = .string(UTCTime.text(time))
        return .object(object)
    }
}

/// One row as a line.
struct AuditLine {
    let row: AuditRow
    let style: Style

    var text: String {
        let summary = AuditSummary(row)
        let run = row.run.map { " " + TextCleaner.clean($0 + (row.step.map { "/\($0)" } ?? "")) } ?? ""
        let words = TextCleaner.clean(summary.text)
        let said =
            switch summary.tone {
            case .plain: words
            case .good: style.green(words)
            case .asked: style.yellow(words)
            case .bad: style.red(words)
            }
        let kind = TextCleaner.clean(row.kind)
        let padded = kind + String(repeating: " ", count: max(0, 13 - kind.count))
        let number = String(row.sequence)
        let lead = String(repeating: " ", count: max(0, 5 - number.count)) + number
        return "\(style.dim(UTCTime.text(row.time))) \(lead) \(style.bold(padded)) "
            + "\(TextCleaner.clean(row.account))\(style.dim(run)) \(said)"
    }
}
