// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model

extension RunSummary {
    /// The run as `runs list --format json` has it; see docs/runs.md.
    func json(now: Double) -> JSONObject {
        var object = JSONObject([
            ("id", .string(id)), ("state", .string(RunStanding(self).rawValue)), ("script", .string(script.scriptName)),
            ("cluster", .string(cluster)), ("caller", .string(caller.rawValue)),
            ("account", account.map(JSONValue.string) ?? .null), ("began", .number(started)),
            ("ended", ended.map(JSONValue.number) ?? .null), ("seconds", .number(seconds(now: now))),
            ("status", status.map { .integer(Int64($0)) } ?? .null), ("resumes", JSONValue(resumes)),
            ("detached", .bool(isDetached)), ("resumable", .bool(isResumable)),
        ])
        if let cancel { object["cancel"] = .string(cancel.rawValue) }
        var counts = JSONObject([
            ("done", JSONValue(done)), ("failed", JSONValue(failed)), ("open", JSONValue(open)),
        ])
        counts["in_doubt"] = JSONValue(changes[.inDoubt] ?? 0)
        counts["not_happened"] = JSONValue(changes[.notHappened] ?? 0)
        object["changes"] = .object(counts)
        return object
    }
}
