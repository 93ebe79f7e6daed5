// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Simulator
internal import Text

/// Something that a test lets go wrong with requests of a runbook.
struct StageFault: Sendable {
    /// What goes wrong.
    enum Effect: Sendable, Hashable {
        /// What the simulator does to the request itself.
        case request(Fault.Effect)
        /// The request is taken, and its task fails with this text, without an effect.
        case task(String)
    }

    var kind: String
    /// An action's name or `METHOD /path`, with `*`.
    var pattern: String
    var vmid: Int?
    var node: String?
    var times: Int
    var effect: Effect

    /// What each kind does, in the order of the manual.
    static let kinds: [String] = [
        "locked", "permission", "not_found", "no_quorum", "storage_unavailable", "busy", "server", "unreachable",
        "task_failed", "timeout", "delay", "drop-before-effect", "drop-after-effect", "reset", "garbage", "truncate",
        "status",
    ]
    private static let keys = ["on", "vmid", "node", "kind", "times", "text", "seconds", "status"]

    /// Reads `{ on = "guest.shutdown", vmid = 101, kind = "locked", times = 1 }`.
    ///
    /// - Throws: ``Failure`` of kind `parameter` that names what is wrong.
    init(_ json: JSONValue) throws(Failure) {
        guard let object = json.object else { throw .parameter("sim.fault", "takes a table") }
        for key in object.keys where !Self.keys.contains(key) {
            throw .parameter(
                "sim.fault", "has no field \"\(Excerpt.of(key))\"",
                hint: Spelling.suggestion(for: key, among: Self.keys) ?? Self.keys.joined(separator: ", "))
        }
        pattern = object["on"]?.string ?? "*"
        try ActionPattern.check(pattern, for: "sim.fault")
        vmid = object["vmid"]?.perlInteger
        node = object["node"]?.string
        times = object["times"]?.perlInteger ?? 1
        guard times > 0 else { throw .parameter("sim.fault", "times must be above 0") }
        let text = object["text"]?.string
        let status = object["status"]?.perlInteger
        kind = (object["kind"]?.string ?? (status == nil ? "" : "status")).replacing("_effect", with: "-effect")
            .replacing("drop_", with: "drop-")
        let subject = vmid.map(String.init) ?? "100"
        switch kind {
        case "locked": effect = .request(.status(500, text ?? "VM is locked (backup)"))
        case "permission":
            effect = .request(.status(403, text ?? "Permission check failed (/vms/\(subject), VM.PowerMgmt)"))
        case "not_found":
            effect = .request(
                .status(500, text ?? "Configuration file 'nodes/pve1/qemu-server/\(subject).conf' does not exist"))
        case "no_quorum": effect = .request(.status(500, text ?? "cluster not ready - no quorum?"))
        case "storage_unavailable": effect = .request(.status(500, text ?? "storage 'shared' is not online"))
        case "busy":
            effect = .request(
                .status(500, text ?? "can't lock file '/var/lock/qemu-server/lock-\(subject).conf' - got timeout"))
        case "server": effect = .request(.status(500, text ?? "internal error"))
        case "unreachable": effect = .request(.status(595, text ?? "No route to host"))
        case "task_failed": effect = .task(text ?? "command failed: exit code 1")
        case "timeout": effect = .request(.delay(1_000_000))
        case "delay": effect = .request(.delay(object["seconds"]?.perlNumber ?? 5))
        case "drop-before-effect": effect = .request(.dropBeforeEffect)
        case "drop-after-effect": effect = .request(.dropAfterEffect)
        case "reset": effect = .request(.reset)
        case "garbage": effect = .request(.garbage)
        case "truncate": effect = .request(.truncate)
        case "status":
            guard let status, (400...599).contains(status) else {
                throw .parameter("sim.fault", "status must be a number from 400 to 599")
            }
            effect = .request(.status(status, text ?? "Fault"))
        default:
            throw .parameter(
                "sim.fault", kind.isEmpty ? "needs a kind" : "knows no kind \"\(Excerpt.of(kind))\"",
                hint: Spelling.suggestion(for: kind, among: Self.kinds) ?? Self.kinds.joined(separator: ", "))
        }
    }

    func hits(_ request: SentRequest) -> Bool {
        // Faults without a pattern are meant for changes; a client that could not read at all would be another story.
        guard times > 0, pattern == "*" ? !request.isRead : request.matches(pattern) else { return false }
        return (vmid == nil || vmid == request.vmid) && (node == nil || node == request.node)
    }
}
