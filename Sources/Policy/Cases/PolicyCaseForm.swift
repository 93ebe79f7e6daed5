// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import YAML

/// The form of one case.
struct PolicyCaseForm {
    private let node: YAMLNode
    private let reader: YAMLReader

    init(_ node: YAMLNode) throws(YAMLError) {
        self.node = node
        reader = try YAMLReader(
            node, of: "a case",
            keys: [
                "name", "action", "call", "parameters", "caller", "guest", "cluster", "storage", "time", "expect",
                "rule",
            ])
    }

    func read() throws(YAMLError) -> PolicyCase {
        let (actions, subject, named, storages) = try what()
        let guests = try reader.optional("guest").map(guests) ?? named.map { [$0] } ?? []
        let caller = try reader.optional("caller")?.word(of: Caller.allCases.map(\.rawValue)) ?? "human"
        let effect = try reader.required("expect").word(of: Effect.allCases.map(\.rawValue))
        guard let caller = Caller(rawValue: caller), let effect = Effect(rawValue: effect) else {
            throw node.error("unknown caller or effect")
        }
        let question = PolicyQuestion(
            actions: actions, caller: caller, guests: guests, cluster: try reader.optional("cluster")?.text(),
            storages: try reader.optional("storage").map(texts)?.map(\.text) ?? storages,
            time: try reader.optional("time").map(moment))
        return PolicyCase(
            name: try reader.optional("name")?.text() ?? subject,
            place: "\(node.file):\(node.line):\(node.column)", question: question, effect: effect,
            rule: try reader.optional("rule")?.text())
    }

    private func moment(_ node: YAMLNode) throws(YAMLError) -> Double {
        let text = try node.text()
        guard let seconds = UTCTime.seconds(text) else {
            throw node.error("expected a moment such as `2026-11-22T18:00:00Z`, found `\(text)`")
        }
        return seconds
    }

    /// What is done, how to call it, and the guest and the storages that the call itself names.
    private func what() throws(YAMLError) -> (
        actions: Set<Action>, subject: String, guest: PolicyGuest?, storages: [String]?
    ) {
        switch (reader.optional("action"), reader.optional("call")) {
        case (let actions?, nil):
            if let parameters = reader.optional("parameters") {
                throw parameters.error("parameters belong to a `call`; an action is judged as it is")
            }
            let names = try texts(actions)
            var result: Set<Action> = []
            for (name, place) in names { result.insert(try action(name, place)) }
            return (result, names.map(\.text).joined(separator: " "), nil, [])
        case (nil, let written?):
            let text = try written.text()
            guard let call = WrittenCall(text) else {
                throw written.error("expected a call such as `POST /nodes/pve1/qemu/101/status/stop`, found `\(text)`")
            }
            let parameters = try reader.optional("parameters").map(parameters) ?? []
            let actions = ActionClassifier.actions(method: call.method, path: call.path, parameters: parameters)
            let storages = CallStorages.named(method: call.method, path: call.path, parameters: parameters)
            return (actions, text, call.guest, storages)
        default: throw node.error("a case needs either an `action` or a `call`")
        }
    }

    private func action(_ name: String, _ place: YAMLNode) throws(YAMLError) -> Action {
        guard let action = Action(name), ActionClassifier.vocabulary.contains(action) else {
            let hint = ActionClassifier.suggestion(for: name)
            throw place.error("there is no action `\(name)`" + (hint.map { "; \($0)" } ?? ""))
        }
        return action
    }

    private func parameters(_ node: YAMLNode) throws(YAMLError) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for (key, value) in try node.members() {
            for (text, _) in try texts(value) { result.append((try key.text(), text)) }
        }
        return result
    }

    private func guests(_ node: YAMLNode) throws(YAMLError) -> [PolicyGuest] {
        guard case .sequence(let nodes) = node.kind else { return [try guest(node)] }
        var result: [PolicyGuest] = []
        for node in nodes { result.append(try guest(node)) }
        return result
    }

    /// What every guest has and is not written is not known; what a guest may lack and is not written it lacks.
    private func guest(_ node: YAMLNode) throws(YAMLError) -> PolicyGuest {
        let reader = try YAMLReader(
            node, of: "a guest",
            keys: ["vmid", "name", "node", "pool", "tag", "kind", "status", "template", "lock", "ha"])
        return PolicyGuest(
            vmid: try reader.optional("vmid")?.integer(in: 1...999_999_999), name: try reader.optional("name")?.text(),
            node: try reader.optional("node")?.text(), pool: try reader.optional("pool")?.text() ?? "",
            tags: try reader.optional("tag").map(texts)?.map(\.text) ?? [],
            kind: try reader.optional("kind").map(kind) ?? nil,
            status: try reader.optional("status")?.text(), isTemplate: try reader.optional("template")?.boolean(),
            lock: try reader.optional("lock")?.text() ?? "", haState: try reader.optional("ha")?.text() ?? "")
    }

    private func kind(_ node: YAMLNode) throws(YAMLError) -> GuestKind? {
        GuestKind(rawValue: try node.word(of: GuestKind.allCases.map(\.rawValue)))
    }

    /// One text or a list of them.
    private func texts(_ node: YAMLNode) throws(YAMLError) -> [(text: String, place: YAMLNode)] {
        guard case .sequence(let nodes) = node.kind else { return [(try node.text(), node)] }
        var result: [(text: String, place: YAMLNode)] = []
        for node in nodes { result.append((try node.text(), node)) }
        return result
    }
}
