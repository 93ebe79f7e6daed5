// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

@testable import Proxmox

/// What is read before a migration, and out of one that failed.
struct MigrationReadingTests {
    private func node(_ name: String) throws -> NodeName { try #require(NodeName(name)) }

    @Test func `preconditions are read in the words of PVE 8`() throws {
        let answer = try JSONValue(
            parsing: """
                {"running":0,"allowed_nodes":["beta"],"local_resources":["hostpci0"],"mapped-resources":["usb0","hostpci1"],
                "mapped-resource-info":{"hostpci1":{"live-migration":1},"usb0":{}},
                "not_allowed_nodes":{"beta":{},"gamma":{"unavailable_storages":["nas"],"unavailable-resources":["usb0"]}},
                "local_disks":[{"cdrom":0,"size":107374592,"drivename":"scsi0","volid":"local:301/vm-301-disk-0.qcow2"},
                {"cdrom":1,"size":"5","drivename":"ide2","volid":"local:iso/x.iso"}]}
                """)
        let read = MigrationPreconditions(answer)
        #expect(read.localVolumes.map(\.volid) == ["local:301/vm-301-disk-0.qcow2", "local:iso/x.iso"])
        #expect(read.localVolumes.map(\.isCDROM) == [false, true])
        #expect(read.localVolumes.map(\.size) == [107_374_592, 5])
        #expect(read.localResources == ["hostpci0"])
        #expect(read.fixedResources == ["usb0"])
        #expect(try read.obstacles[node("gamma")]?.storages == ["nas"])
        #expect(try read.obstacles[node("gamma")]?.resources == ["usb0"])
        #expect(try read.obstacles[node("beta")]?.storages == [])
    }

    @Test func `preconditions are read in the words of PVE 9`() throws {
        let answer = try JSONValue(
            parsing: """
                {"running":1,"allowed-nodes":[],"not-allowed-nodes":{"beta":{"blocking-ha-resources":
                [{"sid":"vm:102","cause":"resource-affinity"}]}}}
                """)
        #expect(try MigrationPreconditions(answer).obstacles[node("beta")]?.services == ["vm:102"])
    }

    @Test(arguments: ["null", "[]", "{}", #"{"local_disks":7,"not_allowed_nodes":["x"],"local_resources":{}}"#])
    func `preconditions of another form say nothing`(_ text: String) throws {
        let read = MigrationPreconditions(try JSONValue(parsing: text))
        #expect(read.localVolumes.isEmpty && read.localResources.isEmpty && read.obstacles.isEmpty)
    }

    @Test(arguments: [
        ("hostpci0", "0000:01:00.0,pcie=1", GuestKind.qemu, true), ("hostpci0", "mapping=gpu", .qemu, false),
        ("usb0", "host=1234:5678", .qemu, true), ("usb1", "spice,usb3=1", .qemu, false),
        ("usb1", "host=spice", .qemu, false), ("usb2", "mapping=stick", .qemu, false),
        ("serial0", "socket", .qemu, false), ("serial0", "/dev/ttyS0", .qemu, true),
        ("parallel0", "/dev/parport0", .qemu, true), ("dev0", "/dev/dri/card0", .lxc, true),
        ("dev0", "/dev/x", .qemu, false), ("hostpci0", "0000:01:00.0", .lxc, false), ("usb", "host=1", .qemu, false),
        ("net0", "virtio,bridge=vmbr0", .qemu, false),
    ])
    func `devices of the node are told from others`(key: String, value: String, kind: GuestKind, isLocal: Bool) {
        #expect(LocalDevices.of(JSONObject([(key, .string(value))]), kind) == (isLocal ? [key] : []))
    }

    @Test func `a restricted group keeps a guest on its nodes, an unrestricted one does not`() throws {
        let resource: JSONValue = ["sid": "vm:101", "group": "ssd", "state": "started"]
        let kept = ServicePlacement(resource: resource, group: ["nodes": "pve1:2,pve3", "restricted": 1])
        #expect(kept.group == "ssd")
        #expect(kept.request == "started")
        #expect(try kept.nodes == [node("pve1"), node("pve3")])
        #expect(ServicePlacement(resource: resource, group: ["nodes": "pve1"]).nodes == nil)
        #expect(ServicePlacement(resource: resource).nodes == nil)
    }

    @Test func `strict rules keep a guest on their nodes, others and disabled ones do not`() throws {
        let resource: JSONValue = ["sid": "vm:101"]
        func rule(_ change: (inout JSONObject) -> Void) throws -> JSONValue {
            var object = try #require(
                JSONValue(
                    parsing: #"{"type":"node-affinity","strict":1,"resources":"vm:100,vm:101","nodes":"pve1,pve2:5"}"#
                )
                .object)
            change(&object)
            return .object(object)
        }
        let plain = try rule { _ in }
        #expect(try ServicePlacement(resource: resource, rules: [plain]).nodes == [node("pve1"), node("pve2")])
        let other = try rule { $0["nodes"] = "pve2,pve3" }
        #expect(try ServicePlacement(resource: resource, rules: [plain, other]).nodes == [node("pve2")])
        for change: (inout JSONObject) -> Void in [
            { $0["strict"] = 0 }, { $0["disable"] = 1 }, { $0["resources"] = "vm:1011" },
            { $0["type"] = "resource-affinity" },
        ] {
            #expect(ServicePlacement(resource: resource, rules: [try rule(change)]).nodes == nil)
        }
    }

    @Test(
        arguments: [
            (
                ["2026-11-22 10:36:11 ERROR: migration aborted (duration 00:00:00): no route", "TASK ERROR: x"],
                "no route"
            ),
            (["2026-11-22 10:36:11 ERROR: online migrate failure - aborting"], "online migrate failure - aborting"),
            (["TASK ERROR: migration aborted"], nil), ([], nil),
            (["2026-11-22 10:00:00 ERROR: a", "2026-11-22 10:00:01 ERROR: b", "TASK ERROR: c"], "b"),
        ] as [([String], String?)])
    func `the cause of a failure is the last error of the log`(log: [String], cause: String?) {
        #expect(ProxmoxClient.cause(in: log) == cause)
    }
}
