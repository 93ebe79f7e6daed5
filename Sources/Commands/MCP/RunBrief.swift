// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// A run as a model wants to read it: `runs show` without what only proofs and people need.
enum RunBrief {
    private static let ofRun = [
        "id", "state", "status", "cluster", "caller", "account", "began", "ended", "seconds", "plan", "changes",
        "undoing", "error", "next",
    ]
    private static let ofStep = [
        "step", "state", "actions", "vmid", "node", "where", "upid", "outcome", "log",
    ]

    static func run(_ detail: JSONObject, steps: [JSONValue]) -> JSONValue {
        var run = only(ofRun, of: detail)
        run["steps"] = .array(steps)
        return .object(run)
    }

    static func step(_ step: JSONValue) -> JSONValue {
        guard let members = step.object else { return step }
        var brief = only(ofStep, of: members)
        // What a step is about and where says its target already, where it has one.
        if brief["vmid"] == nil { brief["path"] = members["path"] }
        if let outcome = brief["outcome"]?.object {
            brief["outcome"] = .object(without(["action", "vmid", "node", "upid"], outcome))
        }
        return .object(brief)
    }

    private static func only(_ names: [String], of object: JSONObject) -> JSONObject {
        JSONObject(names.compactMap { name in object[name].flatMap { $0.isNull ? nil : (name, $0) } })
    }

    private static func without(_ names: Set<String>, _ object: JSONObject) -> JSONObject {
        JSONObject(object.members.filter { !names.contains($0.key) && !$0.value.isNull }.map { ($0.key, $0.value) })
    }
}
