// SPDX-License-Identifier: Apache-2.0
import Model

@testable import Simulator

/// A recorded story and what must be true of a cluster before it can be told again.
struct Story: Sendable {
    var name: String
    var seed: ClusterSeed
    /// Changes to the seed.
    var prepare: @Sendable (inout ClusterSeed) -> Void = { _ in }
    /// Changes to the running cluster, such as tasks of the past.
    var arrange: @Sendable (inout ClusterState) -> Void = { _ in }
    /// How many seconds pass before the first request.
    var settle = 0.0
    /// What happened outside the recorded requests, by the number of the request it came before.
    var interludes: [Int: @Sendable (inout ClusterState) -> Void] = [:]
    /// Requests that something went wrong with on the way, by number, and how.
    var faults: [Int: Fault.Effect] = [:]
    /// Whether the cluster has the tasks behind it that the story's lists name.
    var hasPast = false
    /// Why it is not told, where it is not.
    var skipped: String?

    static func lab(_ name: String, _ prepare: @escaping @Sendable (inout ClusterSeed) -> Void = { _ in }) -> Story {
        Story(name: name, seed: Labs.single, prepare: prepare)
    }

    static func pair(_ name: String, _ prepare: @escaping @Sendable (inout ClusterSeed) -> Void = { _ in }) -> Story {
        Story(name: name, seed: Labs.pair, prepare: prepare)
    }

    /// The story, where this is done to the cluster before the first request.
    func arranged(settle: Double = 0, _ change: @escaping @Sendable (inout ClusterState) -> Void) -> Story {
        var story = self
        story.arrange = change
        story.settle = settle
        return story
    }

    /// The story, where this happened before that request.
    func before(_ index: Int, _ change: @escaping @Sendable (inout ClusterState) -> Void) -> Story {
        var story = self
        story.interludes[index] = change
        return story
    }

    /// The story, where the tasks that its lists name had been there before.
    func withPast() -> Story {
        var story = self
        story.hasPast = true
        return story
    }

    /// The story, where that request failed with this status.
    func failing(_ index: Int, _ status: Int, _ reason: String) -> Story {
        var story = self
        story.faults[index] = .status(status, reason)
        return story
    }

    static func skip(_ name: String, _ why: String) -> Story {
        Story(name: name, seed: Labs.single, skipped: why)
    }
}

extension ClusterSeed {
    /// Changes one guest of the seed.
    mutating func edit(_ vmid: Int, _ change: (inout SimulatedGuest) -> Void) {
        for index in guests.indices where guests[index].vmid == vmid { change(&guests[index]) }
    }

    mutating func run(_ vmid: Int) { edit(vmid) { $0.power = .running } }
    mutating func stop(_ vmid: Int) { edit(vmid) { $0.power = .stopped } }
    mutating func remove(_ vmid: Int) { guests.removeAll { $0.vmid == vmid } }

    mutating func snapshot(_ vmid: Int, _ name: String, description: String = "", memory: Bool = false) {
        edit(vmid) { guest in
            guest.snapshots.append(
                SimulatedSnapshot(
                    name, time: 1_795_342_900, description: description, parent: guest.config["parent"],
                    withMemory: memory, config: guest.config))
            guest.config["parent"] = name
        }
    }
}

/// The clusters that the stories were recorded on, as far as they matter.
enum Labs {
    private static let users = [
        SimulatedUser(
            "root@pam",
            tokens: [
                SimulatedToken("priv", secret: "s-priv", separated: true), SimulatedToken("test", secret: "s-test"),
            ]),
        SimulatedUser("alice@pve", password: "alicepw1", tokens: [SimulatedToken("t1", secret: "s-alice")]),
        SimulatedUser("auditor@pve", tokens: [SimulatedToken("t1", secret: "s-auditor")]),
    ]
    private static let grants = [
        SimulatedGrant("/", holder: "auditor@pve", role: "PVEAuditor"),
        SimulatedGrant("/vms/100", holder: "alice@pve", role: "PVEVMUser"),
    ]
    private static let local = SimulatedStorage(
        "local", content: ["backup", "iso", "rootdir", "images", "vztmpl", "snippets"])

    /// One node.
    static var single: ClusterSeed {
        var seed = ClusterSeed(
            name: "pve1", nodes: [SimulatedNode("pve1")], storages: [local], users: users, grants: grants)
        seed.guests = [web, database, container]
        seed.volumes = [
            SimulatedVolume(
                "local:vztmpl/busybox_1.0_amd64.tar.zst", node: "pve1", content: "vztmpl", format: "tzst",
                size: 1_078_493, created: 1_795_342_724)
        ]
        seed.addMissingImages(created: 1_795_342_000)
        return seed
    }

    /// Two nodes, a machine on each.
    static var pair: ClusterSeed {
        var seed = ClusterSeed(
            name: "testclu",
            nodes: [SimulatedNode("alpha", address: "127.0.0.7"), SimulatedNode("beta", address: "127.0.0.8")],
            storages: [local],
            users: users + [SimulatedUser("aud@pve", tokens: [SimulatedToken("t1", secret: "s-aud")])])
        for (vmid, name, node) in [(300, "vmb", "beta"), (301, "vma", "alpha")] {
            let config = GuestConfig([
                "boot": "order=scsi0", "kvm": "0", "memory": "64", "name": name,
                "scsi0": "local:\(vmid)/vm-\(vmid)-disk-0.qcow2,size=104858K",
            ])
            seed.guests.append(SimulatedGuest(.qemu, vmid, node: node, config: config))
        }
        seed.addMissingImages(created: 1_795_343_000)
        return seed
    }

    private static let web = SimulatedGuest(
        .qemu, 100, node: "pve1",
        config: GuestConfig([
            "agent": "1", "args": "-kernel (scratch)", "boot": "order=scsi0;net0", "cores": "1", "kvm": "0",
            "memory": "192", "meta": "creation-qemu=7.2.22,ctime=1795343083", "name": "web1",
            "net0": "virtio=BC:24:11:C9:11:82,bridge=vmbr0", "ostype": "l26",
            "scsi0": "local:100/vm-100-disk-0.qcow2,size=1G", "scsihw": "virtio-scsi-pci", "serial0": "socket",
            "smbios1": "uuid=c9f29ce6-17c5-4cb2-9718-27154df8cd2c", "tags": "prod;web",
            "vmgenid": "ee81795c-8d11-4ee7-a280-97ef4c0e20c2",
        ]))

    static let database = SimulatedGuest(
        .qemu, 110, node: "pve1",
        config: GuestConfig([
            "boot": "order=scsi0", "cores": "1", "kvm": "0", "memory": "128",
            "meta": "creation-qemu=7.2.22,ctime=1795342330", "name": "db1", "protection": "0",
            "scsi0": "local:110/vm-110-disk-0.qcow2,size=1G", "smbios1": "uuid=00738211-a8c8-4c20-8517-5ae30aa99b5a",
            "tags": "prod;db", "vmgenid": "02e4b438-47f1-457b-8932-8d4f383f3f77",
        ]))

    private static let container = SimulatedGuest(
        .lxc, 200, node: "pve1",
        config: GuestConfig([
            "arch": "amd64", "hostname": "ct1", "memory": "96",
            "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:09:36:91,type=veth", "ostype": "unmanaged",
            "rootfs": "local:200/vm-200-disk-0.raw,size=102M", "swap": "512",
        ]))

    /// A copy of the database machine under another number.
    static func copy(_ vmid: Int, template: Bool = false) -> SimulatedGuest {
        var guest = database
        guest.vmid = vmid
        guest.config["name"] = "db2"
        guest.config["scsi0"] = "local:\(vmid)/\(template ? "base" : "vm")-\(vmid)-disk-0.qcow2,size=1G"
        if template { guest.config["template"] = "1" }
        return guest
    }
}
