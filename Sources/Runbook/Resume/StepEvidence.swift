// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox

/// What a step keeps of its change, so that somebody else can find out and tell how it ended.
struct StepEvidence: Sendable {
    /// What the cluster looked like.
    var call: CallEvidence
    /// The change as its result names it.
    var title: ChangeTitle
    /// The snapshot it makes.
    var snapshot: SnapshotName?
    /// What the script is told of it besides, known beforehand.
    var foretold: JSONObject
    /// Whether the script is told more of it than that and the cluster's answer: what its handler reads once it has ended well.
    var isReported: Bool

    init(_ change: Change, _ call: CallEvidence) {
        self.call = call
        title = change.title
        snapshot = change.snapshot
        foretold = change.foretold
        isReported = change.report != nil
    }

    /// The evidence as the journal keeps it.
    func json(now: Double, clock: Swift.Duration) -> JSONValue {
        var object = JSONObject([
            ("version", 1), ("call", call.json(now: now, clock: clock)), ("action", .string(title.action)),
        ])
        if title.isRaw { object["raw"] = true }
        if let snapshot { object["snapshot"] = .string(snapshot.rawValue) }
        if !foretold.members.isEmpty { object["foretold"] = .object(foretold) }
        if isReported { object["reported"] = true }
        return .object(object)
    }

    /// Reads what a step keeps, or returns nil where it keeps nothing that can be read.
    init?(_ step: StepRecord, of call: APICall, now: Double, clock: Swift.Duration) {
        guard let json = step.intent.evidence, json["version"]?.perlInteger == 1,
            let evidence = json["call"].flatMap({ CallEvidence($0, of: call, now: now, clock: clock) })
        else { return nil }
        self.call = evidence
        title = ChangeTitle(step, action: json["action"]?.string, isRaw: json["raw"] == .bool(true))
        snapshot = json["snapshot"]?.string.flatMap { SnapshotName($0) }
        foretold = json["foretold"]?.object ?? JSONObject()
        isReported = json["reported"] == .bool(true)
    }
}

/// A change as its result names it.
struct ChangeTitle: Sendable {
    var action: String
    var vmid: Int?
    var node: String?
    /// Whether it is a call of `pve.api`.
    var isRaw: Bool
    /// Whether it is about accounts and rights, whose answers may be secrets under any name.
    var isAboutAccess: Bool
    /// Names of what is told that the journal may not keep.
    var unrecorded: Set<String> = []

    /// Whether what is told of it may hold a secret.
    var hasSecretAnswer: Bool { !unrecorded.isEmpty || isRaw && isAboutAccess }
}

extension ChangeTitle {
    /// That of a step of the journal.
    init(_ step: StepRecord, action: String?, isRaw: Bool) {
        let named = action ?? step.intent.actions.map(\.rawValue).min() ?? "api.unknown"
        self.init(
            action: named, vmid: step.intent.vmid, node: step.intent.node, isRaw: isRaw,
            isAboutAccess: step.intent.path.hasPrefix("/access"))
    }
}

extension Change {
    /// The change as its result names it.
    var title: ChangeTitle {
        ChangeTitle(
            action: action, vmid: vmid, node: node, isRaw: isRaw, isAboutAccess: call.path.segments.first == "access",
            unrecorded: unrecorded)
    }
}

extension StepRecord {
    /// The call that the step sends, as far as the journal may keep it; nil where it makes none.
    var call: APICall? {
        guard let method = HTTPMethod(rawValue: intent.method),
            let path = try? APIPath(intent.path.split(separator: "/").map(String.init)),
            let members = intent.parameters.object?.members
        else { return nil }
        return APICall(method, path, members.map { (name: $0.key, value: APIParameter($0.value)) })
    }
}

extension APIParameter {
    fileprivate init(_ json: JSONValue) {
        switch json {
        case .string(let text): self = .text(text)
        case .integer(let number): self = .integer(Int(number))
        case .number(let number): self = .number(number)
        case .bool(let flag): self = .boolean(flag)
        case .array(let elements): self = .list(elements.map(Self.init))
        case .null, .object: self = .text(json.text)
        }
    }
}
