// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

/// Moving guests on the demo cluster: 101 runs on pve1 (shared), 103 is stopped on pve1 (local), 110 is a running container
/// on pve2 (local).
struct MigrationTests {
    private func bench(_ adjust: @Sendable (inout ClusterState) -> Void = { _ in }) throws -> Bench {
        let bench = try Bench { $0.assumesYes = true }
        bench.cluster.update(adjust)
        return bench
    }

    /// The parameters of the last change, as the journal has them.
    private func sent(_ bench: Bench) throws -> JSONValue? {
        let run = try #require(try bench.journal.runs(limit: 1).first)
        return try bench.journal.steps(of: run.id).last?.intent.parameters
    }

    // MARK: - What moves

    @Test func `a running machine moves without stopping and is looked at where it is`() async throws {
        let bench = try bench()
        let code = """
            local r = pve.migrate(nil, 101, "pve2")
            print(r.changed, r.from, r.node, r.status, r.verified, pve.vm(101).node, pve.vm(101).uptime > 3600)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "true\tpve1\tpve2\trunning\ttrue\tpve2\ttrue\n")
        #expect(try sent(bench) == ["target": "pve2", "online": 1])
    }

    @Test func `a stopped machine takes its local disks along`() async throws {
        let bench = try bench()
        #expect(try await bench.failure(of: #"print(pve.vm(103):migrate("pve3").node)"#) == nil)
        #expect(bench.output.text == "pve3\n")
        #expect(try sent(bench) == ["target": "pve3"])
    }

    @Test func `disks go to other storages on request`() async throws {
        let bench = try bench()
        let code = """
            pve.migrate(nil, 103, "pve2", { target_storage = { ["local-lvm"] = "shared" } })
            print(pve.vm(103).node, pve.api.get("/nodes/pve2/qemu/103/config").scsi0)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text.hasPrefix("pve2\tshared:"))
        #expect(
            try sent(bench) == ["target": "pve2", "targetstorage": "local-lvm:shared"])
    }

    @Test func `a running container moves by a restart, which is asked for and said`() async throws {
        let bench = try Bench(consent: ScriptedConsent([.yes]))
        let code = #"local r = pve.migrate(nil, 110, "pve1", { restart = true }); print(r.node, r.status)"#
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "pve1\trunning\n")
        let question = try #require(bench.consent.questions.first)
        #expect(question.consequences.contains("the container is shut down on pve2 and started on pve1"))
        #expect(question.consequences.contains { $0.contains("rootfs") && $0.contains("local-lvm on pve1") })
    }

    @Test func `a guest of high availability is followed until it has arrived`() async throws {
        let bench = try bench { $0.guests[101]?.haState = "started" }
        let code = #"local r = pve.migrate(nil, 101, "pve3"); print(r.node, r.status, r.upid:match("hamigrate"))"#
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "pve3\trunning\thamigrate\n")
    }

    @Test func `without waiting the task is followed later, and its effect looked at then`() async throws {
        let bench = try bench()
        let code = """
            local task = pve.migrate(nil, 101, "pve2", { wait = false })
            print(task.node, task.verified)
            pve.poll(task)
            print(pve.vm(101).node)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "pve1\tfalse\npve2\n")
        let run = try #require(try bench.journal.runs(limit: 1).first)
        #expect(try bench.journal.steps(of: run.id).map(\.state) == [.done])
    }

    // MARK: - What is refused before anything is sent

    struct Refusal: Sendable, CustomStringConvertible {
        var code: String
        var kind: ErrorKind
        var words: [String]
        var adjust: @Sendable (inout ClusterState) -> Void = { _ in }
        var description: String { code }

        init(
            _ code: String, _ kind: ErrorKind, _ words: String...,
            adjust: @escaping @Sendable (inout ClusterState) -> Void = { _ in }
        ) {
            (self.code, self.kind, self.words, self.adjust) = (code, kind, words, adjust)
        }
    }

    private static let refusals: [Refusal] = [
        Refusal("101, 'pve1'", .parameter, "target: is where the guest is already"),
        Refusal("101, 'pve9'", .parameter, "target: is no node of this cluster"),
        Refusal("101, 'pve2', { online = false }", .parameter, "options.online: is false, but the guest is running"),
        Refusal("103, 'pve2', { online = true }", .parameter, "options.online: is true, but guest 103 is stopped"),
        Refusal("101, 'pve2', { restart = true }", .parameter, "options.restart: is for containers"),
        Refusal("110, 'pve1', { online = true }", .parameter, "options.online: is for virtual machines"),
        Refusal("110, 'pve1'", .parameter, "options.restart: is needed"),
        Refusal("110, 'pve1', { shutdown_timeout = 5 }", .parameter, "options.shutdown_timeout: goes with restart"),
        Refusal("103, 'pve2', { target_storage = {} }", .parameter, "options.target_storage: must be"),
        Refusal("103, 'pve2', { target_storage = '-' }", .parameter, "is no storage id"),
        Refusal("103, 'pve2', { target_storage = 'local' }", .parameter, "options.target_storage: scsi0", "not images"),
        Refusal(
            "103, 'pve2', { target_storage = { nas = 'shared' } }", .parameter, "names nas, where the guest has no disk"
        ),
        Refusal("101, 'pve2'", .parameter, "target: is a node that is offline") { $0.nodes[1].online = false },
        Refusal("101, 'pve2'", .locked, "it is locked (backup)") { $0.guests[101]?.lock = "backup" },
        Refusal("101, 'pve2'", .parameter, "options.with_local_disks: is needed", "scsi1 on local-lvm") {
            $0.guests[101]?.config["scsi1"] = "local-lvm:vm-101-disk-1,size=8G"
        },
        Refusal("101, 'pve2'", .conflict, "ide2 holds local:iso/debian-12.7.0-amd64-netinst.iso") {
            $0.guests[101]?.config["ide2"] = "local:iso/debian-12.7.0-amd64-netinst.iso,media=cdrom"
        },
        Refusal("101, 'pve2'", .unsupported, "hostpci0, usb1", "only pve1 has") {
            $0.guests[101]?.config["hostpci0"] = "0000:01:00.0"
            $0.guests[101]?.config["usb0"] = "spice"
            $0.guests[101]?.config["usb1"] = "host=1234:5678"
            $0.guests[101]?.config["serial0"] = "socket"
        },
        Refusal("110, 'pve1', { restart = true }", .unsupported, "mp0") {
            $0.guests[110]?.config["mp0"] = "/srv/photos,mp=/photos"
        },
        Refusal("103, 'pve2'", .conflict, "it has snapshots (clean) on scsi0") {
            let snapshots = $0.guests[101]?.snapshots ?? []
            $0.guests[103]?.snapshots = snapshots
        },
        Refusal("101, 'pve2'", .parameter, "target: scsi0 names the storage shared, which pve2 does not have") {
            state in
            for index in state.storages.indices where state.storages[index].name == "shared" {
                state.storages[index].nodes = ["pve1", "pve3"]
            }
        },
        Refusal("103, 'pve2'", .storageUnavailable, "its disks need 80 GiB on local-lvm of pve2") { state in
            for index in state.storages.indices where state.storages[index].name == "local-lvm" {
                state.storages[index].used = state.storages[index].size - 1_000_000_000
            }
        },
        Refusal("101, 'pve2'", .conflict, "of memory, and pve2 has") { $0.guests[101]?.config["memory"] = "65536" },
        Refusal("101, 'pve2'", .haState, "high availability has given it up") { $0.guests[101]?.haState = "error" },
        Refusal("101, 'pve2', { bwlimit = 5 }", .parameter, "options.bwlimit: has no effect") {
            $0.guests[101]?.haState = "started"
        },
    ]

    @Test(arguments: refusals)
    func `what cannot go well is refused before it is sent`(_ row: Refusal) async throws {
        let bench = try bench(row.adjust)
        let failure = try #require(try await bench.failure(of: "pve.migrate(nil, \(row.code))"))
        #expect(failure.kind == row.kind, "\(failure)")
        for word in row.words { #expect(failure.message.contains(word), "\(failure)") }
        #expect(bench.writes.isEmpty)
    }

    @Test func `several reasons are told at once`() async throws {
        let bench = try bench {
            $0.guests[101]?.config["scsi1"] = "local-lvm:vm-101-disk-1,size=8G"
            $0.guests[101]?.config["ide2"] = "local:iso/debian-12.7.0-amd64-netinst.iso,media=cdrom"
        }
        let failure = try #require(try await bench.failure(of: "pve.migrate(nil, 101, 'pve2')"))
        #expect(failure.message.contains("ide2"))
        #expect(failure.message.contains("scsi1"))
        #expect(failure.message.contains("it has snapshots (clean)"))
        #expect(failure.vmid == 101)
        #expect(failure.action == "guest.migrate")
    }

    @Test func `check = false leaves the judgement to the cluster`() async throws {
        let bench = try bench { $0.guests[101]?.config["memory"] = "65536" }
        #expect(try await bench.failure(of: "pve.migrate(nil, 101, 'pve2', { check = false })") == nil)
        #expect(try await bench.failure(of: "pve.migrate(nil, 101, 'pve2', { check = false })")?.kind == .parameter)
    }

    // MARK: - What goes wrong on the way

    @Test func `a failed migration says why, and where the guest is`() async throws {
        let bench = try bench { $0.nodes[1].sshBroken = true }
        let failure = try #require(try await bench.failure(of: "pve.migrate(nil, 101, 'pve2')"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("Can't connect to destination address using public key"), "\(failure)")
        #expect(failure.message.contains("the guest is still on pve1, running"), "\(failure)")
    }

    @Test func `a target that goes away on the way leaves the guest where it was`() async throws {
        let bench = try bench()
        bench.transport.before("/tasks/") { bench.cluster.update { $0.nodes[1].online = false } }
        let failure = try #require(try await bench.failure(of: "pve.migrate(nil, 101, 'pve2')"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("still on pve1, running"), "\(failure)")
    }

    @Test func `a lock that is left behind is told`() async throws {
        let bench = try bench { $0.nodes[1].sshBroken = true }
        bench.transport.before("/log") { bench.cluster.update { $0.guests[101]?.lock = "migrate" } }
        let failure = try #require(try await bench.failure(of: "pve.migrate(nil, 101, 'pve2')"))
        #expect(failure.message.contains("locked (migrate)"), "\(failure)")
        #expect(failure.hint?.contains("qm unlock 101") == true)
    }

    @Test func `a machine that arrives stopped has not moved well`() async throws {
        let bench = try bench()
        bench.transport.before("/nodes/pve2/qemu/101") { bench.cluster.update { $0.guests[101]?.power = .stopped } }
        let failure = try #require(
            try await bench.failure(of: "pve.migrate(nil, 101, 'pve2', { timeout = 30 })"))
        #expect(failure.message.contains("should be on pve2 and running, but it is: stopped on pve2"), "\(failure)")
    }
}
