// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model

extension Plan {
    /// The plan as its file holds it; ``JSONValue/canonical()`` of it is what its digest is made of.
    public var json: JSONValue {
        members([
            "id": .string(id), "created": JSONValue(created), "expires": JSONValue(expires), "nonce": .string(nonce),
            "caller": .string(caller.rawValue), "requester": .string(requester),
            "cluster": cluster.json, "clusters": .array(clusters.map(\.json)),
            "script": script.json, "modules": .array(modules.map(\.json)),
            "parameters": .array(parameters.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "policy": [
                "sha256": .string(policy.sha256), "demand": .string(policy.demand),
                "approvals": JSONValue(policy.approvals),
            ],
            "seed": .string(seed), "operations": .array(operations.map(\.json)),
            "reads": .array(reads.map { ["request": .string($0.request), "count": JSONValue($0.count)] }),
            "unknowns": .array(unknowns.map(\.json)), "partial": partial?.json,
            "failure": failure.map(JSONValue.string),
            "limits": .array(
                limits.map { ["name": .string($0.name), "used": JSONValue($0.used), "most": JSONValue($0.most)] }),
        ])
    }

    init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(
            json, "plan",
            keys: [
                "id", "created", "expires", "nonce", "caller", "requester", "cluster", "clusters", "script",
                "modules",
                "parameters",
                "policy", "seed", "operations", "reads", "unknowns", "partial", "failure", "limits",
            ])
        guard let caller = Caller(rawValue: try reader.text("caller")) else {
            throw PlanError(description: "plan.caller is unknown")
        }
        let policy = try PlanReader(try reader.value("policy"), "policy", keys: ["sha256", "demand", "approvals"])
        self.init(
            id: try reader.text("id"), created: try reader.integer("created"), expires: try reader.integer("expires"),
            nonce: try reader.text("nonce"), caller: caller, requester: try reader.text("requester"),
            cluster: try ClusterBinding(json: try reader.value("cluster")),
            script: try SourceBinding(json: try reader.value("script")),
            policy: PolicyBinding(
                sha256: try policy.text("sha256"), demand: try policy.text("demand"),
                approvals: try policy.integer("approvals")),
            seed: try reader.text("seed"))
        clusters = try reader.list("clusters", ClusterBinding.init)
        modules = try reader.list("modules", SourceBinding.init)
        parameters = try reader.list("parameters") { (value) throws(PlanError) in
            let pair = try PlanReader(value, "parameter", keys: ["name", "value"])
            return ParameterBinding(name: try pair.text("name"), value: try pair.text("value"))
        }
        operations = try reader.list("operations", PlannedOperation.init)
        reads = try reader.list("reads") { (value) throws(PlanError) in
            let read = try PlanReader(value, "read", keys: ["request", "count"])
            return PlannedRead(request: try read.text("request"), count: try read.integer("count"))
        }
        unknowns = try reader.list("unknowns", PlannedUnknown.init)
        if json["partial"] != nil { partial = try PlannedUnknown(json: try reader.value("partial")) }
        failure = try reader.optionalText("failure")
        limits = try reader.list("limits") { (value) throws(PlanError) in
            let use = try PlanReader(value, "limit", keys: ["name", "used", "most"])
            return LimitUse(name: try use.text("name"), used: try use.integer("used"), most: try use.integer("most"))
        }
    }
}

extension Plan.ClusterBinding {
    fileprivate var json: JSONValue { ["name": .string(name), "fingerprint": .string(fingerprint)] }

    fileprivate init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(json, "cluster", keys: ["name", "fingerprint"])
        self.init(name: try reader.text("name"), fingerprint: try reader.text("fingerprint"))
    }
}

extension Plan.SourceBinding {
    fileprivate var json: JSONValue { ["name": .string(name), "sha256": .string(sha256)] }

    fileprivate init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(json, "source", keys: ["name", "sha256"])
        self.init(name: try reader.text("name"), sha256: try reader.text("sha256"))
    }
}

extension PlannedUnknown {
    fileprivate var json: JSONValue { members(["what": .string(what), "place": place.map(JSONValue.string)]) }

    fileprivate init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(json, "unknown", keys: ["what", "place"])
        self.init(what: try reader.text("what"), place: try reader.optionalText("place"))
    }
}

extension PlannedOperation {
    var json: JSONValue {
        members([
            "number": JSONValue(number), "operation": .string(operation), "place": place.map(JSONValue.string),
            "cluster": .string(cluster), "action": .string(action), "actions": .array(actions.map(JSONValue.string)),
            "method": .string(method), "path": .string(path), "parameters": parameters,
            "targets": .array(targets.map(\.json)), "effect": .string(effect), "rule": rule.map(JSONValue.string),
            "warning": warning.map(JSONValue.string), "consequences": .array(consequences.map(JSONValue.string)),
            "differences": .array(differences.map(\.json)), "seconds": seconds.map { JSONValue($0) },
            "conditional": .bool(isConditional),
        ])
    }

    fileprivate init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(
            json, "operation",
            keys: [
                "number", "operation", "place", "cluster", "action", "actions", "method", "path", "parameters",
                "targets",
                "effect", "rule", "warning", "consequences", "differences", "seconds", "conditional",
            ])
        self.init(
            number: try reader.integer("number"), operation: try reader.text("operation"),
            cluster: try reader.text("cluster"), action: try reader.text("action"),
            actions: try reader.texts("actions"), method: try reader.text("method"), path: try reader.text("path"),
            parameters: try reader.value("parameters"), effect: try reader.text("effect"))
        place = try reader.optionalText("place")
        targets = try reader.list("targets", PlannedTarget.init)
        rule = try reader.optionalText("rule")
        warning = try reader.optionalText("warning")
        consequences = try reader.texts("consequences")
        differences = try reader.list("differences", PlannedDifference.init)
        seconds = try reader.optionalInteger("seconds")
        isConditional = try reader.flag("conditional")
    }
}

extension PlannedTarget {
    fileprivate var json: JSONValue {
        [
            "vmid": JSONValue(vmid), "kind": .string(kind), "name": .string(name), "node": .string(node),
            "facts": .object(JSONObject(facts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
    }

    fileprivate init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(json, "target", keys: ["vmid", "kind", "name", "node", "facts"])
        self.init(
            vmid: try reader.integer("vmid"), kind: try reader.text("kind"), name: try reader.text("name"),
            node: try reader.text("node"), facts: try reader.textsByName("facts"))
    }
}

extension PlannedDifference {
    fileprivate var json: JSONValue {
        members([
            "name": .string(name), "before": before.map(JSONValue.string), "after": after.map(JSONValue.string),
        ])
    }

    fileprivate init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(json, "difference", keys: ["name", "before", "after"])
        self.init(
            try reader.text("name"), before: try reader.optionalText("before"),
            after: try reader.optionalText("after"))
    }
}
