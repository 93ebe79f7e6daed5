// SPDX-License-Identifier: Apache-2.0
internal import Model

/// An answer that is an error, with Proxmox's status and text.
struct Refusal: Error, Sendable {
    /// A parameter and what is wrong with it.
    struct Field: Sendable {
        var name: String
        var text: String
    }

    var status: Int
    /// The text without its trailing line end.
    var text: String
    var fields: [Field] = []
    /// Whether the body ends the message with a line end, as everything that died in a handler does.
    var endsLine = true
    /// A guest whose lock file must be free first; the caller waits and tries again.
    var awaits: Int?

    /// What died in a handler.
    static func failed(_ text: String) -> Refusal { Refusal(status: 500, text: text) }
    /// Wrong parameters.
    static func parameters(_ fields: [Field]) -> Refusal {
        Refusal(status: 400, text: "Parameter verification failed.", fields: fields)
    }
    /// One wrong parameter.
    static func parameter(_ name: String, _ text: String) -> Refusal { .parameters([Field(name: name, text: text)]) }
    /// A missing privilege.
    static func forbidden(_ detail: String?) -> Refusal {
        Refusal(status: 403, text: "Permission check failed" + (detail.map { " (\($0))" } ?? ""))
    }
    /// A node that cannot be reached.
    static let unreachable = Refusal(status: 595, text: "Connection refused")

    static func notImplemented(_ method: String, _ path: String) -> Refusal {
        var refusal = Refusal(status: 501, text: "Method '\(method) \(path)' not implemented")
        refusal.endsLine = false
        return refusal
    }

    static func missingConfig(_ kind: GuestKind, node: String, vmid: Int) -> Refusal {
        .failed("Configuration file '\(SimulatedGuest.configPath(kind, node: node, vmid: vmid))' does not exist")
    }

    /// The handler needs the guest's lock file, which a task holds.
    static func flocked(_ kind: GuestKind, _ vmid: Int) -> Refusal {
        var refusal = Refusal.failed(flockText(kind, vmid))
        refusal.awaits = vmid
        return refusal
    }

    static func flockText(_ kind: GuestKind, _ vmid: Int) -> String {
        let file =
            kind == .qemu
            ? "/var/lock/qemu-server/lock-\(vmid).conf" : "/run/lock/lxc/pve-config-\(vmid).lock"
        return "can't lock file '\(file)' - got timeout"
    }

    /// How a task that runs into this refusal ends.
    var exitText: String {
        guard status != 500 else { return text }
        let fields = fields.map { " \($0.name): \($0.text)" }.joined()
        return "\(status) \(text)\(fields)"
    }
}
