// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// One thing that stands in the way of a migration.
struct MigrationReason: Sendable, Hashable {
    /// What it is about; the raw value is what scripts see.
    enum Matter: String, Sendable {
        case place, node, lock, ha, state, cdrom, device, space, snapshots, memory, storage
        case localDisks = "local_disks"
    }

    var matter: Matter
    /// What is so, as a clause.
    var text: String
    /// What to do about it.
    var hint: String?
    /// The argument that another value of would do; nil where none would.
    var field: String?

    init(_ matter: Matter, _ text: String, hint: String? = nil, field: String? = nil) {
        self.matter = matter
        self.text = text
        self.hint = hint
        self.field = field
    }

    var kind: ErrorKind {
        if field != nil { return .parameter }
        switch matter {
        case .lock: return .locked
        case .ha: return .haState
        case .storage, .space: return .storageUnavailable
        case .device: return .unsupported
        default: return .conflict
        }
    }

    var json: JSONValue {
        var object = JSONObject([("about", .string(matter.rawValue)), ("text", .string(text))])
        if let hint { object["hint"] = .string(hint) }
        if let field { object["field"] = .string(field) }
        return .object(object)
    }

    /// The refusal that says all of them; the first decides its kind.
    static func refusal(_ reasons: [MigrationReason], of vmid: VMID, to target: NodeName) -> Failure? {
        guard let first = reasons.first else { return nil }
        let texts = reasons.map { reason in (reason.field.map { "\($0): " } ?? "") + reason.text }
        var failure = Failure(
            first.kind, "guest \(vmid) cannot move to \(target): " + texts.joined(separator: "; "),
            hint: reasons.compactMap(\.hint).first)
        failure.fields = reasons.compactMap { reason in reason.field.map { Failure.Field($0, reason.text) } }
        failure.vmid = vmid.rawValue
        return failure
    }
}
