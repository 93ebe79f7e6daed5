// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Plan
internal import Terminal
internal import Text

/// A plan as people read it; all of it comes from the plan's own content, which may be hostile and is cleaned here.
struct PlanView {
    let file: PlanFile
    /// The file it is in.
    let path: String
    let style: Style
    /// The columns of the terminal; nil to let lines be as long as they are.
    let width: Int?
    var isVerbose = false

    private var plan: Plan { file.plan }

    /// All of it, ending in a line end.
    func text() -> String { (heading + operations() + surroundings + [next]).joined(separator: "\n") + "\n" }

    // MARK: - Heading

    private var heading: [String] {
        let demand =
            switch plan.policy.demand {
            case "allow": "nothing"
            case "confirm": "a yes"
            case "confirm-typed": "a typed yes"
            case "approve": plan.policy.approvals > 1 ? "\(plan.policy.approvals) approvals" : "an approval"
            default: plan.policy.demand
            }
        return [
            style.bold("plan of \(clean(plan.script.name))") + " on \(clean(plan.cluster.name))",
            "  for \(plan.caller.rawValue) (\(clean(plan.requester))), until \(TimeText.moment(plan.expires)); policy demands \(demand)",
        ] + parameters + ["  " + style.dim("digest \(file.digest)")]
    }

    private var parameters: [String] {
        plan.parameters.isEmpty
            ? []
            : ["  with " + plan.parameters.map { clean("\($0.name)=\($0.value)") }.joined(separator: ", ")]
    }

    // MARK: - Operations

    /// The table, and below it what must not be overlooked.
    func operations() -> [String] {
        guard !plan.operations.isEmpty else { return ["", "It changes nothing."] }
        let rows = plan.operations.map(row)
        let table = TableRenderer(
            headings: ["#", "action", "guest", "what changes", "verdict", "rule", "undo", "time", "line"], width: width,
            style: style
        ).render(rows)
        let notes = plan.operations.flatMap { operation in
            ([operation.warning].compactMap(\.self) + operation.consequences).map {
                "  \(operation.number): " + style.red("! " + clean($0))
            }
        }
        let conditional = plan.operations.contains(where: \.isConditional)
        return [""] + table.split(separator: "\n").map(String.init)
            + (conditional ? ["  " + style.dim("*) only where a later step fails (pve.on_failure)")] : []) + notes
    }

    private func row(_ operation: PlannedOperation) -> [String] {
        [
            "\(operation.number)" + (operation.isConditional ? "*" : ""), operation.action, Self.guests(operation),
            Self.changes(operation), operation.effect, operation.rule ?? "-", operation.warning == nil ? "yes" : "no",
            operation.seconds.map { TimeText.span($0) } ?? "?", operation.place ?? "",
        ]
    }

    private static func guests(_ operation: PlannedOperation) -> String {
        let names = operation.targets.prefix(3).map { "\($0.vmid) \($0.name)" }
        let more = operation.targets.count > 3 ? " and \(operation.targets.count - 3) more" : ""
        return names.joined(separator: ", ") + more
    }

    private static func changes(_ operation: PlannedOperation) -> String {
        guard !operation.differences.isEmpty else { return "\(operation.method) \(operation.path)" }
        return operation.differences.map { difference in
            "\(difference.name): \(difference.before ?? "-") → \(difference.after ?? "-")"
        }.joined(separator: "; ")
    }

    // MARK: - What else is known

    private var surroundings: [String] {
        var lines: [String] = [""]
        let reads = plan.reads.reduce(0) { $0 + $1.count }
        lines.append("read: \(plan.reads.count) different requests, \(reads) in all")
        if isVerbose { lines += plan.reads.map { "  \(clean($0.request))" + ($0.count > 1 ? " ×\($0.count)" : "") } }
        for unknown in plan.unknowns { lines.append("cannot be known: " + Self.described(unknown)) }
        for limit in plan.limits where limit.used > 0 {
            lines.append("limit \(clean(limit.name)): \(limit.used) of \(limit.most)")
        }
        if let partial = plan.partial {
            lines.append(style.red("the plan ends early: the script goes by \(Self.described(partial))"))
        }
        if let failure = plan.failure { lines.append(style.red("the script failed: \(clean(failure))")) }
        return lines
    }

    private static func described(_ unknown: PlannedUnknown) -> String {
        TextCleaner.clean(unknown.what + (unknown.place.map { " (\($0))" } ?? ""))
    }

    private var next: String {
        guard plan.isApplicable else {
            return style.yellow("next: ")
                + "it cannot be applied; change the script and plan again (written to \(clean(path)))"
        }
        if plan.operations.isEmpty { return style.yellow("next: ") + "there is nothing to apply" }
        let command = plan.policy.demand == "approve" ? "pvelua approve" : "pvelua apply"
        return style.yellow("next: ") + "\(command) \(clean(path))"
    }

    private func clean(_ text: String) -> String { TextCleaner.clean(text) }
}
