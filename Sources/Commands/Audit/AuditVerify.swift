// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Journal
internal import Model
internal import Plan
internal import Signatures
internal import Terminal
internal import Text

/// The command `pvelua audit verify`.
struct AuditVerify: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that the audit is as it was written.",
        usage: "pvelua audit verify [--signers FILE] [--against FILE] [options]",
        discussion: """
            Finds any changed byte, any row that is missing, moved or put in, an end that was cut off, and steps of the journal \
            that say something else. Who can write the journal's file can still compute the whole chain anew behind the last \
            signed checkpoint or the last row of a copy elsewhere (audit.file): --signers and --against hold it against these. \
            Ends with 0 where nothing is wrong and with 1 where something is.


            """ + ExitStatus.help)

    @Option(help: ArgumentHelp("Who may sign checkpoints (allowed_signers); default: audit.signers.", valueName: "file"))
    var signers: String?

    @Option(help: ArgumentHelp("A copy elsewhere, or an export, that the chain must agree with.", valueName: "file"))
    var against: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let journal = try workplace.journalToRead()
        let copy = try against.map { (path) throws(Failure) in
            try AppendOnlyFile(path: Locations.expand(context.absolute(path), home: context.home)).anchors()
        }
        var report = try await journal.checkAudit(against: copy?.hashes)
        let named = signers.map { Locations.expand(context.absolute($0), home: context.home) }
        let configured = named == nil ? try workplace.configuration().audit.signers : nil
        var verified: Int?
        if let path = named ?? configured {
            verified = try Self.verify(&report, by: try Self.people(path), workplace.keygen)
        }
        let page = AuditPage(
            report: report, copy: copy.map { ($0.hashes.count, $0.unreadable) }, verified: verified,
            style: context.outputStyle)
        try options.format.write(json: page.json, text: page.text)
        guard report.faultCount == 0 else {
            let first = report.faults.first.map { ": " + TextCleaner.clean($0.text) } ?? ""
            throw Failure(
                .script, "the audit is not intact, \(report.faultCount) fault\(report.faultCount == 1 ? "" : "s")\(first)",
                hint: "keep the file as it is, and compare it with a copy: pvelua audit verify --against FILE")
        }
        return .done
    }

    private static func people(_ path: String) throws(Failure) -> AllowedSigners {
        guard let bytes = try FileContent.read(path, most: AllowedSigners.maximumSize) else {
            throw Failure(
                .config, "\(path): there is no such file, so no signature can be verified",
                hint: "it holds a line for each key: alice@example.com ssh-ed25519 AAAA…")
        }
        return AllowedSigners(bytes)
    }

    /// Adds what is wrong with the signatures, and returns how many are right.
    static func verify(
        _ report: inout AuditReport, by signers: AllowedSigners, _ keygen: SSHKeygen
    ) throws(Failure) -> Int {
        let verifier = CheckpointVerifier(signers: signers, keygen: keygen)
        var good = 0
        for checkpoint in report.checkpoints.suffix(CheckpointVerifier.most) {
            if let fault = try verifier.fault(of: checkpoint) {
                report.add(AuditFault("the checkpoint in row \(checkpoint.row) \(fault)", at: checkpoint.row))
            } else {
                good += 1
            }
        }
        return good
    }
}

/// What a check came to, for people and for programs.
struct AuditPage {
    let report: AuditReport
    /// How many rows a copy has, and how many of its lines cannot be read.
    let copy: (rows: Int, unreadable: Int)?
    /// How many signatures are right; nil where nobody looked.
    let verified: Int?
    let style: Style

    var json: JSONValue {
        var object = JSONObject([
            ("intact", .bool(report.faultCount == 0)), ("rows", JSONValue(report.rows)),
            ("last", ["sequence": JSONValue(report.end.sequence), "hash": .string(report.end.hash)]),
            ("steps", JSONValue(report.steps)), ("checkpoints", JSONValue(report.checkpoints.count)),
            ("verified_checkpoints", verified.map { JSONValue($0) } ?? .null),
            ("signed_to", report.checkpoints.last.map { JSONValue($0.sequence) } ?? .null),
            ("fault_count", JSONValue(report.faultCount)),
            (
                "faults",
                .array(
                    report.faults.map {
                        ["sequence": $0.sequence.map { JSONValue($0) } ?? .null, "text": .string($0.text)]
                    })
            ),
        ])
        if let copy {
            object["copy"] = [
                "rows": JSONValue(copy.rows), "agreeing": JSONValue(report.anchored),
                "not_copied": JSONValue(report.unanchored), "unreadable_lines": JSONValue(copy.unreadable),
            ]
        }
        return .object(object)
    }

    var text: String {
        var lines: [String] = []
        let span = report.span.map { " from \(UTCTime.text($0.first)) to \(UTCTime.text($0.last))" } ?? ""
        lines.append("\(report.rows) rows\(span), \(report.steps) steps agree with the journal's or are named below")
        if report.rows > 0 { lines.append("last row \(report.end.sequence): \(TextCleaner.clean(report.end.hash))") }
        lines.append(checkpoints)
        if let copy {
            lines.append(
                "the copy has \(copy.rows) rows: \(report.anchored) agree, \(report.unanchored) of the journal are not in it"
                    + (copy.unreadable > 0 ? ", \(copy.unreadable) of its lines cannot be read" : ""))
        }
        for fault in report.faults { lines.append(style.red("✗ " + TextCleaner.clean(fault.text))) }
        if report.faultCount > report.faults.count {
            lines.append(style.red("✗ … and \(report.faultCount - report.faults.count) more"))
        }
        if report.faultCount == 0 { lines.append(style.green("✓ intact")) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var checkpoints: String {
        guard let last = report.checkpoints.last else {
            return "no signed checkpoints: whoever can write the journal could have written all of it anew (audit.key)"
        }
        let count = report.checkpoints.count
        let words = "\(count) signed checkpoint\(count == 1 ? "" : "s"), the last one up to row \(last.sequence)"
        guard let verified else { return words + "; not verified: name who may sign with --signers FILE" }
        return words + "; \(verified) verified" + (count > CheckpointVerifier.most ? " (only the last ones are)" : "")
    }
}
