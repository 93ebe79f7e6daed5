// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Testing

@testable import Runbook
@testable import Simulator

/// Emptying a node of the demo cluster: pve1 has 101 (runs, shared), 103 (stopped, local) and the template 9000; pve2 has
/// 100 (runs, shared) and the container 110 (runs, local).
struct EvacuationTests {
    private func bench(_ adjust: @Sendable (inout ClusterState) -> Void = { _ in }) throws -> Bench {
        let bench = try Bench { $0.assumesYes = true }
        bench.cluster.update(adjust)
        return bench
    }

    private let show = """
        local function show(list)
          table.sort(list, function(a, b) return a.vmid < b.vmid end)
          for _, m in ipairs(list) do print(m.vmid, m.from, m.node or m.to, m.status) end
        end
        """

    @Test func `a preview plans and moves nothing`() async throws {
        let bench = try bench()
        let code = """
            \(show)
            local plan = pve.evacuate("pve1", { preview = true })
            show(plan.moves)
            for _, guest in ipairs(plan.stayed) do print(guest.vmid, guest.reasons[1]) end
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == "101\tpve1\tpve3\tnil\n103\tpve1\tpve3\tnil\n9000\tis a template, which does not run\n"
        )
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: [1, 2, 8])
    func `guests leave and come back`(_ limit: Int) async throws {
        let bench = try bench()
        let code = """
            \(show)
            local gone = pve.node("pve2"):evacuate{ restart = true, limit = \(limit) }
            show(gone.moves)
            local back = pve.return_guests(gone, { limit = \(limit) })
            show(back.moves)
            print(#pve.return_guests(gone).stayed)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                100\tpve2\tpve3\trunning\n110\tpve2\tpve3\trunning\n100\tpve3\tpve2\trunning\n110\tpve3\tpve2\trunning\n2\n
                """)
    }

    @Test func `a guest that is gone by then keeps no other from coming back`() async throws {
        let bench = try bench()
        let code = """
            local back = pve.return_guests{ moves = { { vmid = 101, from = "pve2" }, { vmid = 999, from = "pve2" } } }
            print(#back.moves, back.moves[1].node, back.stayed[1].vmid, back.stayed[1].reasons[1])
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "1\tpve2\t999\tis gone: there is no guest 999\n")
    }

    @Test func `with a limit of two, two move at the same time`() async throws {
        let bench = try bench()
        let code = #"pve.move_guests({ { vmid = 101, to = "pve2" }, { vmid = 102, to = "pve2" } }, { limit = 2 })"#
        #expect(try await bench.failure(of: code) == nil)
        let requests = bench.cluster.requests.map { "\($0.method.rawValue) \($0.target)" }
        let second = try #require(requests.firstIndex { $0.hasPrefix("POST") && $0.contains("/qemu/102/migrate") })
        let moved = bench.cluster.requests[..<second].contains { $0.target.contains("/nodes/pve2/qemu/101/") }
        #expect(!moved, "101 had not arrived when 102 began")
    }

    @Test func `nothing starts where one cannot move, and the reasons are told`() async throws {
        let bench = try bench()
        let failure = try #require(try await bench.failure(of: #"pve.evacuate("pve2")"#))
        #expect(failure.kind == .conflict)
        #expect(failure.message.contains("110 (proxy-1): pve1, pve3: options.restart: is needed"), "\(failure)")
        #expect(failure.hint?.contains("skip_unmovable") == true)
        #expect(bench.writes.isEmpty)
    }

    @Test func `those that can move do, on request`() async throws {
        let bench = try bench()
        let code = """
            local r = pve.evacuate("pve2", { skip_unmovable = true })
            print(#r.moves, r.moves[1].vmid, #r.stayed, r.stayed[1].vmid, r.unmovable)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "1\t100\t1\t110\t1\n")
    }

    @Test func `targets and exceptions are kept to`() async throws {
        let bench = try bench()
        let code = """
            local plan = pve.evacuate("pve1", { preview = true, targets = { "pve2" }, except = { tag = "web" } })
            print(#plan.moves, plan.moves[1].vmid, plan.moves[1].to)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "1\t103\tpve2\n")
    }

    @Test func `a node that is full takes nobody`() async throws {
        let bench = try bench {
            $0.guests[102]?.config["memory"] = "120000"
            $0.guests[102]?.power = .running
        }
        let code = #"print(pve.evacuate("pve1", { preview = true }).moves[1].to)"#
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "pve2\n")
    }

    @Test func `disks go where the map says, to those that have such disks only`() async throws {
        let bench = try bench()
        let code = """
            pve.evacuate("pve1", { target_storage = { ["local-lvm"] = "shared" } })
            print(pve.vm(101).node, pve.vm(103).node, pve.api.get("/nodes/pve3/qemu/103/config").scsi0:match("^%w+"))
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "pve3\tpve3\tshared\n")
    }

    @Test(arguments: [1, 2])
    func `a failure says where every guest is, and begins no further one`(_ limit: Int) async throws {
        let bench = try bench { $0.guests[101]?.migrationFault = .aborts }
        let failure = try #require(
            try await bench.failure(of: "pve.evacuate('pve1', { limit = \(limit) })"))
        #expect(failure.kind == .taskFailed)
        #expect(failure.message.contains("101 (web-1) did not get to pve3"), "\(failure)")
        #expect(failure.message.contains("101 (web-1) is running on pve1"), "\(failure)")
        #expect(failure.message.contains("103 (build-1) is stopped on"), "\(failure)")
        if limit == 1 {
            #expect(failure.message.contains("0 of 2 guests moved"))
            #expect(bench.writes.count == 1)
        }
    }

    @Test func `on request the others go on, and what failed is listed`() async throws {
        let bench = try bench { $0.guests[101]?.migrationFault = .aborts }
        let code = """
            local r = pve.evacuate("pve1", { stop_on_error = false })
            print(#r.moves, r.moves[1].vmid, #r.failed, r.failed[1].vmid, r.failed[1].node, r.failed[1].kind)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "1\t103\t1\t101\tpve1\ttask_failed\n")
    }

    @Test func `without consent nothing moves, and the error says so as it was`() async throws {
        let bench = try Bench(consent: ScriptedConsent([.nobody]))
        let failure = try #require(try await bench.failure(of: "pve.evacuate('pve1')"))
        #expect(failure.kind == .confirmationRequired)
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: [
        ("pve.evacuate('pve9')", ErrorKind.notFound, "there is no node pve9"),
        ("pve.evacuate('pve1', { targets = { 'pve1' } })", .parameter, "options.targets: pve1 is the node"),
        ("pve.evacuate('pve1', { targets = { 'pve9' } })", .parameter, "options.targets: pve9 is no node"),
        ("pve.evacuate('pve1', { limit = 0 })", .parameter, "options.limit"),
        ("pve.evacuate('pve1', { limits = 1 })", .parameter, "options.limits"),
        ("pve.return_guests(pve.evacuate('pve1', { preview = true }))", .parameter, "is a preview"),
        ("pve.return_guests({})", .parameter, "result: must be"),
        ("pve.return_guests({ moves = { { vmid = 101 } } })", .parameter, "result.moves[1]"),
        ("pve.move_guests({ { vmid = '101', to = 'pve2' } })", .parameter, "moves[1]"),
        ("pve.move_guests({ { vmid = 101, to = 'pve9' } })", .taskFailed, "is no node of this cluster"),
    ])
    func `what cannot be meant is refused`(code: String, kind: ErrorKind, words: String) async throws {
        let bench = try bench()
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == kind, "\(failure)")
        #expect(failure.message.contains(words), "\(failure)")
        #expect(bench.writes.isEmpty)
    }

    @Test func `a node that is offline cannot be emptied`() async throws {
        let bench = try bench { $0.nodes[2].online = false }
        let failure = try #require(try await bench.failure(of: "pve.evacuate('pve3')"))
        #expect(failure.message.contains("node pve3 is offline"), "\(failure)")
    }
}
