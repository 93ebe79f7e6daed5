// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Refuses a clone that the cluster would refuse, before anything is sent and naming what is wrong.
struct CloneCheck: Sendable {
    let call: OperationCall
    let options: Arguments
    let guest: GuestFacts

    private var lookups: GuestLookups { GuestLookups(call: call) }
    private var disks: [GuestDisk] { GuestDisks.of(guest.config, guest.kind).filter { $0.medium != .unused } }

    /// Whether the clone is a full one; Proxmox links those of templates unless told otherwise.
    func settle() async throws(Failure) -> Bool {
        let full = options.flag("full") ?? !guest.isTemplate
        try GuestLookups.checkName(options.text("name"), field: "options.name")
        if guest.kind == .lxc, options.text("format") != nil {
            throw .parameter("options.format", "is for virtual machines; \(guest.vmid) is a container")
        }
        if !full { try refuseOptionsOfFullClones() }
        try await checkSource(full)
        try await checkPlaces()
        return full
    }

    private func refuseOptionsOfFullClones() throws(Failure) {
        for name in ["storage", "format"] where options.text(name) != nil {
            let why = options.flag("full") == nil ? ", and that of a template is linked unless full = true" : ""
            throw .parameter("options.\(name)", "is for full clones\(why)")
        }
    }

    private func checkSource(_ full: Bool) async throws(Failure) {
        let snapshot = options.text("snapshot")
        if let snapshot {
            let names = try await lookups.snapshots(of: guest)
            guard names.contains(snapshot) else {
                throw .parameter(
                    "options.snapshot", "is \(snapshot), which guest \(guest.vmid) does not have",
                    hint: names.isEmpty ? "it has none" : "it has " + names.joined(separator: ", "))
            }
        }
        if full {
            if guest.kind == .lxc, !guest.isStopped, snapshot == nil {
                throw failure(
                    .conflict, "a running container can be copied from a snapshot only",
                    "stop it, or name a snapshot")
            }
            if snapshot != nil, try await !lookups.has("copy", guest, snapshot: snapshot) {
                throw failure(.unsupported, "its storage cannot copy a snapshot in full", nil)
            }
        } else if try await !lookups.has("clone", guest, snapshot: snapshot) {
            let disks = disks.filter { $0.medium == .disk }.map { "\($0.key) on \($0.storage?.rawValue ?? $0.file)" }
            let list = disks.joined(separator: ", ")
            throw failure(
                .unsupported,
                guest.isTemplate
                    ? "a linked clone is not possible: the storage of its disks (\(list)) cannot link"
                    : "a linked clone needs a template, or a snapshot on a storage that can link to it; guest \(guest.vmid) "
                        + "is no template and has \(list)",
                "clone it with full = true, or make it a template first")
        }
    }

    private func checkPlaces() async throws(Failure) {
        let target = options.node("target") ?? guest.node
        let storage = options.text("storage")
        if target != guest.node {
            try await lookups.node(target, field: "options.target")
            let here = try await StorageCheck.read(guest.node, call)
            for disk in disks {
                guard let name = disk.storage?.rawValue, let row = here.named(name), !row.isShared else { continue }
                throw .parameter(
                    "options.target",
                    "is \(target), but \(disk.key) of guest \(guest.vmid) is on \(name), which is local",
                    hint: "clone it on \(guest.node) and migrate the clone")
            }
        }
        guard let storage else { return }
        let there = try await StorageCheck.read(target, call)
        let row = try there.require(storage, holds: guest.kind == .qemu ? "images" : "rootdir") { text, hint in
            .parameter("options.storage", text, hint: hint)
        }
        if target != guest.node, !row.isShared {
            throw .parameter(
                "options.storage", "names \(storage), which is local; a clone on another node needs a shared storage")
        }
    }

    private func failure(_ kind: ErrorKind, _ text: String, _ hint: String?) -> Failure {
        var failure = Failure(kind, text, hint: hint).about(guest)
        failure.action = "guest.clone"
        return failure
    }
}
