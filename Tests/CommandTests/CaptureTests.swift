// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Proxmox
import Simulator
import TestSupport
import Testing

/// `pvelua cluster capture` with the real binary: demo, and a real HTTPS server.
struct CaptureTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    /// A guest without what a capture leaves out or what time changes.
    private struct Plain: Equatable {
        var place: String
        var config: [String: String]
        var snapshots: [String]
        var state: String

        init(_ guest: SimulatedGuest) {
            place = "\(guest.kind) \(guest.vmid) \(guest.node) \(guest.pool ?? "")"
            config = Dictionary(guest.config.entries.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
            snapshots = guest.snapshots.map { snapshot in
                let frozen = snapshot.config.entries.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
                return "\(snapshot.name) \(snapshot.time) \(snapshot.parent ?? "") \(frozen)"
            }
            state = "\(guest.power) \(guest.lock ?? "") \(guest.haState ?? "")"
        }
    }

    @Test func aCaptureOfDemoLoadedAgainIsTheSameCluster() async throws {
        let result = try await runner.pvelua("cluster", "capture", "demo", "--with-descriptions")
        #expect(result.status == 0, "\(result.errors)")
        let read = try ClusterSeed(yaml: result.output, file: "lab.yaml")
        let demo = ClusterSeed.demo()
        #expect(read.guests.map(Plain.init) == demo.guests.sorted { $0.vmid < $1.vmid }.map(Plain.init))
        #expect(
            read.nodes.map { "\($0.name) \($0.address) \($0.processors) \($0.memory)" }
                == demo.nodes.map { "\($0.name) \($0.address) \($0.processors) \($0.memory)" })
        #expect(read.pools == demo.pools)
        #expect(
            read.storages.map { "\($0.name) \($0.plugin) \($0.content) \($0.shared) \($0.size) \($0.used)" }
                == demo.storages.map { "\($0.name) \($0.plugin) \($0.content) \($0.shared) \($0.size) \($0.used)" })
        func volumes(_ seed: ClusterSeed) -> [String] {
            seed.volumes.map {
                "\($0.volid) \($0.node ?? "") \($0.size) \($0.created) \($0.notes ?? "") \($0.protected)"
            }
            .sorted()
        }
        #expect(volumes(read) == volumes(demo))
        #expect(read.users.isEmpty && read.grants.isEmpty)
    }

    @Test func runbooksSeeTheSameInventoryOnACapture() async throws {
        let bench = try TestingBench()
        let code = """
            local rows = {}
            for _, vm in ipairs(pve.list_vms()) do
              rows[#rows + 1] = table.concat({ vm.vmid, vm.name, vm.node, vm.status, table.concat(vm.tags or {}, ";") }, " ")
            end
            for _, backup in ipairs(pve.storage_backups("shared")) do rows[#rows + 1] = backup.volid end
            for _, vmid in ipairs{ 100, 101 } do
              for _, snapshot in ipairs(pve.snapshots(vmid)) do rows[#rows + 1] = vmid .. " " .. snapshot.name end
            end
            table.sort(rows)
            return table.concat(rows, "\\n")
            """
        try bench.write("lab.yaml", try await runner.pvelua("cluster", "capture", "demo").output)
        let live = try await runner.lua(code)
        #expect(live.status == 0, "\(live.errors)")
        let report = try await bench.report(
            lua: """
                cluster "lab.yaml"
                it("is the same", function() expect(sim.run("book.lua").value):to_equal[==[
                \(live.output.trimmingCharacters(in: .newlines))]==] end)
                """, runbook: code)
        #expect(report["passed"] == 1, "\(report.failures.map(\.text))")
    }

    @Test func secretsDescriptionsAndUsersStayBehindAndNothingIsWritten() async throws {
        let seed = """
            version: 1
            name: lab
            nodes: [{ name: n1 }]
            storages: [{ name: store, content: [images, rootdir] }]
            users: [{ id: root@pam, password: tops3cret-user, tokens: [{ id: capture, secret: 12345678-1234-4234-8234-123456789abc }] }]
            guests:
              - { vmid: 100, name: "odd: \\"name\\" #1", node: n1, storage: store, config: { cipassword: tops3cret-ci, sshkeys: "ssh-ed25519%20tops3cret-key", description: "the password is tops3cret-note", ciuser: admin } }
              - { vmid: 101, type: lxc, name: ct, node: n1, storage: store, status: running, ha: started, lock: backup }
            """
        let file = try runner.home.write("seed.yaml", seed)
        let server = try await RunningServer("--cluster", file.path)
        try runner.configure(server)
        let result = try await runner.pvelua("cluster", "capture", "lab")
        #expect(result.status == 0, "\(result.errors)")
        for secret in ["tops3cret", "cipassword", "sshkeys", "root@pam", "tokens:", server.secret] {
            #expect(!result.output.contains(secret), "\(secret)")
        }
        let read = try ClusterSeed(yaml: result.output, file: "lab.yaml")
        #expect(read.guests.first?.displayName == "odd: \"name\" #1")
        #expect(read.guests.first?.config["ciuser"] == "admin")
        #expect(read.guests.last?.haState == "started")
        #expect(read.guests.last?.lock == "backup")
        #expect(try await server.requests().allSatisfy { $0.method == "GET" })
        let kept = try await runner.pvelua("cluster", "capture", "lab", "--with-descriptions")
        #expect(kept.output.contains("description"))
        #expect(!kept.output.contains("tops3cret-ci"))
    }

    @Test func whatCannotBeReadIsToldAndLeftOut() async throws {
        let server = try await RunningServer()
        try runner.configure(server)
        _ = try await server.control(
            "/sim/faults", body: #"{"path":"/pools","count":10,"effect":"status","status":403,"reason":"no"}"#)
        let result = try await runner.pvelua("cluster", "capture", "lab")
        #expect(result.status == 0)
        #expect(result.errors.contains("not captured: GET /pools"), "\(result.errors)")
        let json = try await runner.pvelua("--format", "json", "cluster", "capture", "lab")
        #expect(try JSONValue(parsing: json.output)["yaml"]?.string?.hasPrefix("# Cluster lab") == true)
    }
}
