// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Terminal
internal import Text

/// The command `pvelua audit reconcile`.
struct AuditReconcile: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Compare the cluster's task list with the journal.",
        usage: "pvelua audit reconcile [--since TIME] [options]",
        discussion: """
            Lists tasks that were started as us and belong to no step of this journal, and steps whose task the cluster does not \
            know, or tells otherwise. A node keeps some 1000 to 2000 tasks; what is older than its oldest one is not judged. \
            Without Sys.Audit on a node only our own tasks are seen there, which is enough; a token does not see those of its \
            user. Ends with 0 where all fits and with 1 where something does not.


            """ + ExitStatus.help)

    @Option(help: ArgumentHelp("How far back: 24h, 7d, 2026-11-23.", valueName: "time"))
    var since = "24h"

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let now = WallTime.seconds()
        let since = try AuditTime.since(since, now: now)
        let configuration = try workplace.configuration()
        let cluster = try workplace.chosenCluster(configuration)
        let route = try ClusterRoute(
            name: cluster, configuration: configuration, context: context, logLevel: options.logLevel)
        let client = try route.client()
        let steps = try await workplace.journalToRead().clusterSteps(on: cluster, since: since - TaskComparison.slack)
        let lists = try await TaskLists.read(client, since: Int(since))
        let comparison = TaskComparison(
            identity: client.identity ?? route.identity, since: since, steps: steps, lists: lists)
        let findings = comparison.findings()
        let page = ReconcilePage(
            cluster: cluster, comparison: comparison, findings: findings,
            width: context.isTerminal.output ? windowWidth(1) : nil, style: context.outputStyle)
        try options.format.write(json: page.json, text: page.text)
        guard findings.isEmpty else {
            throw Failure(
                .script,
                "\(findings.count) thing\(findings.count == 1 ? " does" : "s do") not fit between journal and cluster",
                hint: "somebody else may use this identity, or a journal of its own: look at the tasks")
        }
        return .done
    }
}

/// What comparing came to, for people and for programs.
struct ReconcilePage {
    let cluster: String
    let comparison: TaskComparison
    let findings: [TaskComparison.Finding]
    let width: Int?
    let style: Style

    var json: JSONValue {
        .object(
            JSONObject([
                ("cluster", .string(cluster)), ("identity", .string(comparison.identity)),
                ("since", .string(UTCTime.text(comparison.since))), ("fits", .bool(findings.isEmpty)),
                ("steps", JSONValue(comparison.steps.count)), ("tasks", JSONValue(comparison.ownCount)),
                (
                    "findings",
                    .array(
                        findings.map {
                            [
                                "finding": .string($0.kind.rawValue), "upid": .string($0.upid),
                                "run": JSONValue($0.run), "step": $0.step.map { JSONValue($0) } ?? .null,
                                "text": .string($0.text),
                            ]
                        })
                ), ("unseen", .array(comparison.unseen.map(JSONValue.string))),
            ]))
    }

    var text: String {
        var text =
            "cluster \(TextCleaner.clean(cluster)) as \(TextCleaner.clean(comparison.identity)) since "
            + "\(UTCTime.text(comparison.since)): \(comparison.ownCount) tasks, \(comparison.steps.count) steps with a task\n"
        for line in comparison.unseen { text += style.yellow("! " + TextCleaner.clean(line)) + "\n" }
        guard !findings.isEmpty else { return text + style.green("✓ all of it fits") + "\n" }
        let rows = findings.map { finding in
            [
                finding.kind.rawValue, finding.run.map { "\($0)/\(finding.step ?? 0)" } ?? "-", finding.text,
                finding.upid,
            ]
        }
        return text
            + TableRenderer(headings: ["finding", "step", "what", "task"], width: width, style: style).render(rows)
    }
}
