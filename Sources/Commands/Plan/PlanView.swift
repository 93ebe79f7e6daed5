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
    func text() -> String { (heading + operations() + surroundings + next).joined(separator: "\n") + "\n" }

    // MARK: - Heading

    private var heading: [String] {
        [style.bold("plan of \(clean(plan.script.name))") + " on \(clean(plan.cluster.name))"] + summary + [
            "for \(plan.caller.rawValue) (\(clean(plan.requester))), holds until \(TimeText.moment(plan.expires))"
        ] + parameters + [style.dim("digest \(file.digest)")]
    }

    /// How much it changes, and what is asked of people for that.
    private var summary: [String] {
        guard !plan.operations.isEmpty else { return [] }
        let denied = plan.operations.count { $0.effect == "deny" }
        let certain = plan.operations.count { !$0.isConditional && $0.effect != "deny" }
        let asks =
            switch plan.policy.demand {
            case "allow": "policy asks nobody"
            case "confirm": "policy asks for a yes"
            case "confirm-typed": "policy asks for a typed yes"
            case "approve":
                "policy asks for " + (plan.policy.approvals > 1 ? "\(plan.policy.approvals) approvals" : "an approval")
            default: "policy says \(clean(plan.policy.demand))"
            }
        return [
            "\(certain) \(certain == 1 ? "change" : "changes"), \(asks)"
                + (denied > 0 ? style.red("; \(denied) denied") : "")
        ]
    }

    private var parameters: [String] {
        plan.parameters.isEmpty
            ? []
            : ["with " + plan.parameters.map { clean("\($0.name)=\($0.value)") }.joined(separator: ", ")]
    }

    // MARK: - Operations

    /// The table, and below it what its marks mean.
    func operations() -> [String] {
        guard !plan.operations.isEmpty else { return ["", "It changes nothing."] }
        let table = PlanTable(plan: plan, style: style, width: width).lines()
        let isConditional = plan.operations.contains(where: \.isConditional)
        return [""] + table + (isConditional ? [style.dim("*) only where a later step fails (pve.on_failure)")] : [])
    }

    // MARK: - What else is known

    private var surroundings: [String] {
        var lines: [String] = [""]
        let reads = plan.reads.reduce(0) { $0 + $1.count }
        let unknowns = PlannedUnknown.grouped(plan.unknowns, of: plan.script).map(clean).joined(separator: ", ")
        let limits = plan.limits.filter { $0.used > 0 }.map { "\(clean($0.name)) \($0.used) of \($0.most)" }
        lines += entry("reads", "\(plan.reads.count) different requests, \(reads) in all")
        if isVerbose { lines += plan.reads.map { "  \(clean($0.request))" + ($0.count > 1 ? " ×\($0.count)" : "") } }
        if !unknowns.isEmpty { lines += entry("unknown", unknowns) }
        if !limits.isEmpty { lines += entry("limits", limits.joined(separator: ", ")) }
        if let partial = plan.partial {
            let text = "the script goes by \(Self.described(partial)), which only the real run can know"
            lines += entry("PARTIAL", text, style.red)
        }
        if let failure = plan.failure { lines += entry("FAILED", clean(failure), style.red) }
        return lines
    }

    /// A line with its name in front, going on below where it is long; a word that is longer stays whole, to be copied.
    private func entry(_ name: String, _ value: String, _ paint: ((String) -> String)? = nil) -> [String] {
        value.wrapped(toWidth: width.map { max($0 - 9, 20) }).enumerated().map { index, text in
            let lead = (index == 0 ? name : "") + String(repeating: " ", count: 9 - (index == 0 ? name.count : 0))
            return (paint ?? style.dim)(lead) + (paint?(text) ?? text)
        }
    }

    private static func described(_ unknown: PlannedUnknown) -> String {
        TextCleaner.clean(unknown.what + (unknown.place.map { " (\($0))" } ?? ""))
    }

    private var next: [String] {
        let step =
            if plan.partial != nil {
                "it cannot be applied; let one script find out and another go by it (--param)"
            } else if !plan.isApplicable {
                "it cannot be applied; change the script and plan again"
            } else if plan.operations.isEmpty {
                "there is nothing to apply"
            } else {
                (plan.policy.demand == "approve" ? "pvelua approve" : "pvelua apply") + " \(clean(path))"
            }
        return (plan.isApplicable ? [] : entry("written", clean(path))) + entry("next", step, style.yellow)
    }

    private func clean(_ text: String) -> String { TextCleaner.clean(text) }
}

extension PlannedUnknown {
    /// The same values of several lines together, such as `upid of vm_action (lines 8, 12)`.
    fileprivate static func grouped(_ unknowns: [Self], of script: Plan.SourceBinding) -> [String] {
        let file = (script.name.split(separator: "/").last.map(String.init) ?? script.name) + ":"
        var order: [String] = []
        var places: [String: [String]] = [:]
        for unknown in unknowns {
            if !order.contains(unknown.what) { order.append(unknown.what) }
            guard let whole = unknown.place else { continue }
            let place = whole.hasPrefix(file) ? String(whole.dropFirst(file.count)) : whole
            if places[unknown.what]?.contains(place) != true { places[unknown.what, default: []].append(place) }
        }
        return order.map { what in
            guard let lines = places[what] else { return what }
            return "\(what) (\(lines.count == 1 ? "line" : "lines") \(lines.joined(separator: ", ")))"
        }
    }
}
