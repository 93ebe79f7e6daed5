// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import MCP
internal import Model

/// A plan as a model reads it: what would be done, what policy says, and how to go on.
struct PlanAnswer {
    let plan: JSONValue
    let digest: String
    let budget: ToolBudget
    var notes: JSONValue?

    var result: ToolResult {
        var object = JSONObject([("digest", .string(digest))] + members.members.map { ($0.key, $0.value) })
        object["then"] = .string(then)
        if let notes { object["notes"] = notes }
        return ToolAnswer.result(then, object)
    }

    private var demand: String {
        let isDenied = plan["operations"]?.array?.contains { $0["effect"]?.string == "deny" } ?? false
        return isDenied ? "deny" : plan["policy"]?["demand"]?.string ?? "deny"
    }

    /// What is told of the plan itself.
    var members: JSONObject {
        let (shown, next) = budget.cut((plan["operations"]?.array ?? []).map(Self.operation))
        var object = JSONObject([
            ("demand", .string(demand)), ("cluster", plan["cluster"]?["name"] ?? .null),
            ("expires", plan["expires"] ?? .null),
            ("operations", .array(shown)), ("count", JSONValue(plan["operations"]?.array?.count ?? 0)),
        ])
        if let next { object["next"] = JSONValue(next) }
        for name in ["unknowns", "limits", "partial", "failure"] {
            if let value = plan[name], value.array?.isEmpty != true { object[name] = value }
        }
        return object
    }

    /// How to go on.
    var then: String {
        if plan["failure"] != nil || plan["partial"] != nil {
            return
                "The script does not come to its end, so the plan cannot be applied: change the script and plan again."
        }
        return switch demand {
        case "allow": "Nobody needs to be asked: apply it with this digest."
        case "approve": "A person approves it with: pvelua approve \(digest). Then apply it with this digest."
        case "deny": "Policy denies it. Leave out what is denied, or ask the operator."
        default: "It needs a yes at a terminal, which no tool gives: a person runs pvelua apply \(digest)."
        }
    }

    /// What matters of an operation.
    private static func operation(_ value: JSONValue) -> JSONValue {
        var object = JSONObject()
        for name in [
            "number", "action", "effect", "rule", "place", "consequences", "differences", "seconds", "conditional",
        ] {
            guard let member = value[name], !member.isNull, member.array?.isEmpty != true, member != false else {
                continue
            }
            object[name] = member
        }
        let targets = (value["targets"]?.array ?? []).map { target -> JSONValue in
            .object(JSONObject(["vmid", "name", "node"].compactMap { name in target[name].map { (name, $0) } }))
        }
        if !targets.isEmpty { object["targets"] = .array(targets) }
        if let path = value["path"], targets.isEmpty { object["path"] = path }
        return .object(object)
    }
}
