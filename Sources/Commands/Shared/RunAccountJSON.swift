// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Runbook

extension RunAccount {
    /// The account as `--format json` ends an error with it; nil where there is nothing to tell.
    var json: JSONValue? {
        guard !steps.isEmpty || !compensations.isEmpty else { return nil }
        return .object(
            JSONObject([
                ("id", .string(run)), ("steps", .array(steps.map(\.json))),
                ("on_failure", .array(compensations.map(\.json))),
            ]))
    }
}

extension StepNote {
    fileprivate var json: JSONValue {
        var object = JSONObject([
            ("step", JSONValue(number)), ("action", .string(action)), ("subject", .string(subject)),
        ])
        if let vmid { object["vmid"] = JSONValue(vmid) }
        if let node { object["node"] = .string(node) }
        if let cluster { object["cluster"] = .string(cluster) }
        if let upid { object["upid"] = .string(upid) }
        object["state"] = .string(state.rawValue)
        if let problem { object["problem"] = .string(problem) }
        if let compensation { object["on_failure"] = JSONValue(compensation) }
        return .object(object)
    }
}

extension CompensationNote {
    fileprivate var json: JSONValue {
        var object = JSONObject([("number", JSONValue(number))])
        if let location { object["where"] = .string(location) }
        switch end {
        case .done: object["state"] = "done"
        case .failed(let failure):
            object["state"] = "failed"
            object["error"] = failure.json
        case .notRun(let reason):
            object["state"] = "not_run"
            object["reason"] = .string(reason)
        }
        return .object(object)
    }
}
