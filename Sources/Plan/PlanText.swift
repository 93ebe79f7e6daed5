// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
internal import Model
internal import Text

/// A plan as the text that a person reads before signing: all that the plan binds, in lines, the same on every terminal.
///
/// What comes from outside stands in quotes, without a control character.
public struct PlanText: Hashable, Sendable {
    /// The text; ends with a newline.
    public let text: String

    /// The SHA-256 of the text, which a signature binds.
    public var sha256: String { ContentHash.sha256(Array(text.utf8)) }

    /// Renders a plan.
    public init(_ file: PlanFile) {
        let plan = file.plan
        var lines = Lines()
        lines.add("plan", "\(Self.quoted(plan.id)), digest \(file.digest)")
        lines.add("made", "\(Self.time(plan.created)) by \(Self.quoted(plan.requester)) as \(plan.caller.rawValue)")
        lines.add("expires", Self.time(plan.expires))
        lines.add("cluster", "\(Self.quoted(plan.cluster.name)), fingerprint \(Self.quoted(plan.cluster.fingerprint))")
        for other in plan.clusters {
            lines.add("cluster too", "\(Self.quoted(other.name)), fingerprint \(Self.quoted(other.fingerprint))")
        }
        lines.add("script", Self.source(plan.script))
        for module in plan.modules { lines.add("module", Self.source(module)) }
        for parameter in plan.parameters {
            lines.add("parameter", "\(Self.quoted(parameter.name)) = \(Self.quoted(parameter.value))")
        }
        lines.add(
            "policy",
            "demands \(Self.quoted(plan.policy.demand)), approvals \(plan.policy.approvals), sha256 \(Self.quoted(plan.policy.sha256))"
        )
        if let partial = plan.partial { lines.add("PARTIAL", "ends where it goes by: \(Self.unknown(partial))") }
        if let failure = plan.failure { lines.add("FAILED", Self.quoted(failure)) }
        lines.add("changes", plan.operations.isEmpty ? "none" : "\(plan.operations.count)")
        for operation in plan.operations { Self.add(operation, to: &lines) }
        for unknown in plan.unknowns { lines.add("unknown", Self.unknown(unknown)) }
        for limit in plan.limits { lines.add("limit", "\(Self.quoted(limit.name)): \(limit.used) of \(limit.most)") }
        for read in plan.reads { lines.add("read", "\(Self.quoted(read.request)), \(read.count) times") }
        lines.add("chance", "seed \(Self.quoted(plan.seed)), nonce \(Self.quoted(plan.nonce))")
        text = lines.text
    }

    private static func add(_ operation: PlannedOperation, to lines: inout Lines) {
        let place = operation.place.map { " at \(quoted($0))" } ?? ""
        let condition = operation.isConditional ? ", only where a later step fails" : ""
        lines.add(
            "\(operation.number).", "\(quoted(operation.action)) by \(quoted(operation.operation))\(place)\(condition)")
        for target in operation.targets {
            lines.add(
                "   target",
                "\(target.vmid) \(quoted(target.name)) (\(quoted(target.kind))) on \(quoted(target.node))")
            for fact in target.facts.sorted(by: { $0.key < $1.key }) {
                lines.add("", "  \(quoted(fact.key)) is \(quoted(fact.value))")
            }
        }
        lines.add(
            "   request", "\(quoted(operation.method)) \(quoted(operation.path)) to \(quoted(operation.cluster))")
        for member in operation.parameters.object?.members ?? [] {
            lines.add("", "  \(quoted(member.key)) = \(value(member.value))")
        }
        if operation.parameters.object == nil { lines.add("", "  \(value(operation.parameters))") }
        lines.add("   does", operation.actions.map(quoted).joined(separator: ", "))
        lines.add(
            "   policy", "\(quoted(operation.effect)) by \(operation.rule.map { "rule \(quoted($0))" } ?? "no rule")")
        for difference in operation.differences {
            let (before, after) = (
                difference.before.map(quoted) ?? "nothing", difference.after.map(quoted) ?? "nothing"
            )
            lines.add("   changes", "\(quoted(difference.name)): \(before) -> \(after)")
        }
        if let warning = operation.warning { lines.add("   WARNING", quoted(warning)) }
        for consequence in operation.consequences { lines.add("   means", quoted(consequence)) }
        if let seconds = operation.seconds { lines.add("   takes", "about \(seconds) s") }
    }

    private static func source(_ source: Plan.SourceBinding) -> String {
        "\(quoted(source.name)), sha256 \(quoted(source.sha256))"
    }

    private static func unknown(_ unknown: PlannedUnknown) -> String {
        quoted(unknown.what) + (unknown.place.map { " at \(quoted($0))" } ?? "")
    }

    private static func time(_ seconds: Int) -> String { "\(UTCTime.text(Double(seconds))) (\(seconds))" }

    private static func value(_ value: JSONValue) -> String {
        if let text = value.string { return quoted(text) }
        return TextCleaner.clean(bytes: value.canonical())
    }

    /// A text in quotes, so that it cannot be taken for what stands around it.
    private static func quoted(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(character)
        }
        return "\"" + TextCleaner.clean(result) + "\""
    }

    private struct Lines {
        var text = ""

        mutating func add(_ name: String, _ value: String) {
            text += name + String(repeating: " ", count: max(1, 12 - name.count)) + value + "\n"
        }
    }
}
