// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Plan

/// What is said where a run is not the one that was planned: each field, as planned and as it is now.
enum PlanDivergence {
    private static let again = "plan again, and look at what is different: pvelua plan FILE"

    /// A call that is not in the plan; told by how it differs from the one that is nearest.
    static func notPlanned(_ now: PlannedOperation, in plan: Plan, open: [PlannedOperation]) -> Failure {
        let name = "\(now.action) (\(now.method) \(TextExcerpt.of(now.path, most: 160)))"
        var failure = Failure(.planDiverged, "\(name) is not in the plan; nothing was sent for it", hint: again)
        guard let near = nearest(to: now, among: open) else {
            if plan.operations.contains(where: { $0.path == now.path && $0.action == now.action }) {
                failure.message += ": it was done as often as planned"
            }
            return failure
        }
        failure.message += "; the nearest is operation \(near.number)"
        failure.fields = fields(differences(near, now))
        return failure
    }

    /// A target that is not as it was.
    static func drifted(_ planned: PlannedOperation, _ differences: [PlannedDifference]) -> Failure {
        let names = planned.targets.map { "guest \($0.vmid) (\(TextExcerpt.of($0.name)))" }.joined(separator: ", ")
        var failure = Failure(
            .planDiverged,
            "\(names) changed since operation \(planned.number) (\(planned.action)) was planned; nothing was sent for it",
            hint: again)
        failure.fields = fields(differences)
        return failure
    }

    /// A policy that asks for more than it did.
    static func stricter(_ planned: PlannedOperation, _ now: PlannedOperation) -> Failure {
        var failure = Failure(
            .planDiverged,
            "policy is stricter on operation \(planned.number) (\(planned.action)) than when it was planned; nothing was sent for it",
            hint: again)
        failure.fields = fields([
            PlannedDifference("effect", before: planned.effect, after: now.effect),
            PlannedDifference("rule", before: planned.rule, after: now.rule),
        ])
        return failure
    }

    /// A policy that denied it, so that nobody was asked, and now would let it pass.
    static func denied(_ planned: PlannedOperation, _ now: PlannedOperation) -> Failure {
        var failure = Failure(
            .planDiverged,
            "operation \(planned.number) (\(planned.action)) was denied when it was planned, so nobody agreed to it; "
                + "nothing was sent for it",
            hint: again)
        failure.fields = fields([PlannedDifference("effect", before: planned.effect, after: now.effect)])
        return failure
    }

    /// A module that is another, or was not loaded when the plan was made.
    static func module(_ name: String, isPlanned: Bool) -> Failure {
        Failure(
            .planDiverged,
            isPlanned
                ? "module \(TextExcerpt.of(name)) was changed since the plan was made; nothing was sent"
                : "module \(TextExcerpt.of(name)) was not loaded when the plan was made; nothing was sent",
            hint: again)
    }

    // MARK: - Fields

    private static func nearest(to now: PlannedOperation, among open: [PlannedOperation]) -> PlannedOperation? {
        func score(_ operation: PlannedOperation) -> Int {
            (operation.path == now.path ? 4 : 0) + (operation.action == now.action ? 2 : 0)
                + (operation.operation == now.operation ? 1 : 0)
        }
        return open.filter { score($0) > 0 && $0.cluster == now.cluster }.max {
            (score($0), -$0.number) < (score($1), -$1.number)
        }
    }

    private static func differences(_ planned: PlannedOperation, _ now: PlannedOperation) -> [PlannedDifference] {
        let pairs = [
            ("operation", planned.operation, now.operation),
            ("actions", planned.actions.joined(separator: ", "), now.actions.joined(separator: ", ")),
            ("method", planned.method, now.method), ("path", planned.path, now.path),
        ]
        let differences = pairs.filter { $0.1 != $0.2 }.map { PlannedDifference($0.0, before: $0.1, after: $0.2) }
        let before = planned.parameters.object ?? JSONObject()
        let after = now.parameters.object ?? JSONObject()
        let names = Set(before.keys).union(after.keys).sorted()
        return differences
            + names.filter { before[$0] != after[$0] }.map {
                PlannedDifference($0, before: shown(before[$0]), after: shown(after[$0]))
            }
    }

    private static func shown(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        if value["@secret"] != nil { return "[a secret]" }
        if let reference = ResultReference(value) {
            return "what operation \(reference.operation) gives as \(reference.field)"
        }
        return value.string ?? value.text
    }

    private static func fields(_ differences: [PlannedDifference]) -> [Failure.Field] {
        differences.map {
            Failure.Field(
                $0.name,
                "planned \($0.before.map { TextExcerpt.of($0, most: 160) } ?? "nothing"), now \($0.after.map { TextExcerpt.of($0, most: 160) } ?? "nothing")"
            )
        }
    }
}
