// SPDX-License-Identifier: Apache-2.0
public import Model

/// The traces that a changing call leaves behind: the task it starts, and what is true of the guest afterwards.
///
/// They are how a change whose answer was lost is found again, and what a task's own OK is checked against.
public struct CallTrace: Hashable, Sendable {
    /// The node whose task list shows the task.
    public var node: NodeName
    /// The types that the task may have; empty where the call starts none or none that is known.
    public var types: Set<String>
    /// The id in the task's UPID, such as the vmid, or nil where it is not known beforehand.
    public var taskID: String?
    /// The guest that is changed or removed; of a call that makes one without a source, that one.
    public var vmid: VMID?
    /// The guest that the call makes, and where; nil for a call that makes none.
    public var made: GuestReference?
    /// Whether the guest is a virtual machine or a container.
    public var kind: GuestKind?
    /// What must be true afterwards.
    public var effect: ExpectedEffect
    /// Whether the path is one of those listed here; of another call only node and guest are known.
    public var isKnown: Bool

    /// Reads the traces off a call, or returns nil for a read and for a call that is about no node.
    public init?(_ call: APICall) {
        let path = call.path.segments
        guard !call.method.isRead, path.count >= 2, path[0] == "nodes", let node = NodeName(path[1]) else { return nil }
        self.node = node
        kind = path.count > 2 ? GuestKind(rawValue: path[2]) : nil
        let isGuest = kind != nil && path.count > 3
        vmid = isGuest ? Int(path[3]).flatMap(VMID.init) : nil
        let tail = Array(path.dropFirst(isGuest ? 4 : 2))
        guard let row = CallTraceTable.row(call.method, isGuest: isGuest, tail, kind) else {
            (types, taskID, effect, isKnown) = ([], vmid?.description, .none, false)
            return
        }
        isKnown = true
        types = row.types(kind)
        let parameters = Dictionary(call.parameters.map { ($0.name, $0.value.texts.first ?? "") }) { $1 }
        if let kind, let new = row.number.flatMap({ parameters[$0] }).flatMap({ Int($0) }).flatMap(VMID.init) {
            // A clone may be made on another node than its source.
            let target = isGuest ? parameters["target"].flatMap(NodeName.init) : nil
            made = GuestReference(vmid: new, kind: kind, node: target ?? node)
            if !isGuest { vmid = new }
        }
        taskID =
            switch row.id {
            case .guest: vmid?.description
            case .backup: parameters["vmid"].flatMap { $0.contains(",") ? nil : $0 }
            case .unknown: nil
            }
        effect = ExpectedEffect(row.condition)
        if row.condition == .paused, parameters["todisk"] == "1" { effect.condition = .stopped }
        switch row.condition {
        case .snapshotExists: effect.snapshot = parameters["snapname"]
        case .snapshotGone, .rolledBack: effect.snapshot = tail.count > 1 ? tail[1] : nil
        case .onTarget: effect.node = parameters["target"].flatMap(NodeName.init)
        case .configured: effect.options = ConfigurationWish(call)
        case .resized: effect.disk = DiskWish(parameters["disk"], size: parameters["size"])
        case .diskMoved:
            effect.disk = DiskWish(parameters["disk"] ?? parameters["volume"], storage: parameters["storage"])
            // To another guest: what becomes of it there is not told by this one.
            if parameters["target-vmid"] != nil { effect = .none }
        default: break
        }
    }
}
