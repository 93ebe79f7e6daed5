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
            ("detached", .bool(isDetached)), ("resumable", .bool(canGoOn)),
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

extension RunDetail {
    /// The run as `runs show --format json` has it; see docs/runs.md.
    func json(now: Double) -> JSONValue {
        var object = summary.json(now: now)
        object["sha256"] = .string(record.scriptSHA256)
        object["path"] = JSONValue(record.origin?.path)
        object["parameters"] = .object(
            JSONObject((record.origin?.parameters ?? []).map { ($0.name, JSONValue($0.value)) }))
        object["modules"] = .array(keepings.modules.map { .string($0.scriptName) })
        object["plan"] = JSONValue(keepings.plan)
        object["answers"] = JSONValue(keepings.calls)
        object["output_bytes"] = JSONValue(keepings.outputBytes)
        object["undoing"] = record.undoing ?? .null
        object["next"] = JSONValue(next)
        object["events"] = .array(events.map(\.json))
        object["steps"] = .array(steps.map { $0.json(log: logs[$0.sequence]) })
        return .object(object)
    }
}

extension StepRecord {
    /// The change as programs read it.
    ///
    /// - Parameter log: What the cluster was asked for of its task's log.
    func json(log: [String]? = nil) -> JSONValue {
        func time(_ seconds: Double?) -> JSONValue { seconds.map(JSONValue.number) ?? .null }
        var object = JSONObject([
            ("step", JSONValue(sequence)), ("state", .string(state.rawValue)),
            ("actions", .array(intent.actions.sorted().map { .string($0.rawValue) })),
            ("method", .string(intent.method)), ("path", .string(intent.path)), ("parameters", intent.parameters),
            ("vmid", intent.vmid.map { JSONValue($0) } ?? .null), ("guest", intent.identity ?? .null),
            ("node", JSONValue(intent.node)), ("cluster", JSONValue(intent.cluster)),
            ("where", JSONValue(intent.place)), ("planned", intent.planned.map { JSONValue($0) } ?? .null),
            ("upid", JSONValue(upid)), ("intended", time(intended)), ("sent", time(sent)),
            ("accepted", time(accepted)), ("ended", time(ended)), ("outcome", outcome ?? .null),
        ])
        if !state.isSettled, let evidence = intent.evidence { object["evidence"] = evidence }
        if let log { object["log"] = .array(log.map(JSONValue.string)) }
        return .object(object)
    }
}

extension AuditRow {
    /// What happened, as programs read it.
    fileprivate var json: JSONValue {
        var object = JSONObject([
            ("kind", .string(kind)), ("time", .number(time)), ("account", .string(account)),
        ])
        if let step { object["step"] = JSONValue(step) }
        object["body"] = (try? JSONValue(parsing: body)) ?? .string(body)
        return .object(object)
    }
}
