// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Simulator
import Testing

@testable import Runbook

/// `pve.rolling`, in virtual time; a yes is given to every question.
struct RollingTests {
    private func bench() throws -> Bench { try Bench { $0.assumesYes = true } }

    /// Prints what came of each guest.
    private static let show = """
        local function show(results)
          for _, r in ipairs(results) do print(r.vmid, r.outcome, r.problem ~= nil) end
        end

        """

    @Test(arguments: [
        ("{ tag = 'web' }, nil", "101 done, 102 done", ["101/status/reboot", "102/status/reboot"]),
        ("{ 102, 101 }, {}", "102 done, 101 done", ["102/status/reboot", "101/status/reboot"]),
        ("{ 102, 101 }, { order = 'vmid' }", "101 done, 102 done", ["101/status/reboot", "102/status/reboot"]),
        ("{ 101, 100 }, { order = 'name' }", "100 done, 101 done", ["100/status/reboot", "101/status/reboot"]),
        ("{ 103, 101 }, {}", "103 skipped, 101 done", ["101/status/reboot"]), ("{}, {}", "", []),
        (
            "110, { action = 'restart' }", "110 done",
            ["110/status/shutdown", "110/status/start"]
        ),
        (
            "{ 101, 102, 110 }, { batch = 2 }", "101 done, 102 done, 110 done",
            ["101/status/reboot", "102/status/reboot", "110/status/reboot"]
        ),
        (
            "{ 101, 102 }, { action = function(vm) vm:snapshot{ name = 'before' } end }", "101 done, 102 done",
            ["101/snapshot", "102/snapshot"]
        ),
    ])
    func eachGuestIsHandledInItsTurn(arguments: String, outcomes: String, writes: [String]) async throws {
        let bench = try bench()
        #expect(try await bench.failure(of: Self.show + "show(pve.rolling(\(arguments)))") == nil)
        let lines = bench.output.text.split(separator: "\n").map {
            $0.split(separator: "\t").prefix(2).joined(separator: " ")
        }
        #expect(lines.joined(separator: ", ") == outcomes)
        #expect(bench.writes.count == writes.count, "\(bench.writes)")
        for (write, end) in zip(bench.writes, writes) { #expect(write.hasSuffix(end)) }
    }

    @Test func theNextOneWaitsForTheHealthOfTheOneBefore() async throws {
        let bench = try bench()
        let code = """
            local looks = 0
            local t = pve.now()
            pve.rolling({ 101, 102 }, { pause = 30, interval = 5, health = function(vm)
              looks = looks + 1
              print("health", vm.vmid)
              return looks >= 3
            end })
            print(pve.now() - t > 40)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "health\t101\nhealth\t101\nhealth\t101\nhealth\t102\ntrue\n")
    }

    @Test func itStopsAtTheFirstFailureAndSaysHowFarItCame() async throws {
        let bench = try bench()
        let code =
            Self.show + """
                local ok, e = pcall(pve.rolling, { 101, 102, 110 }, { timeout = 20, health = function(vm)
                  return vm.vmid ~= 102
                end })
                print(ok, e.kind)
                show(e.results)
                error(e)
                """
        let failure = try await bench.failure(of: code)
        #expect(failure?.kind == .guestTimeout)
        #expect(failure?.message.contains("the health of guest 102") == true)
        #expect(
            bench.output.text
                == "false\tguest_timeout\n101\tdone\tfalse\n102\tfailed\ttrue\n110\tnot_reached\tfalse\n")
        #expect(bench.output.logged.last == "error: rolling stopped: done 101; failed 102; not reached 110")
        #expect(bench.writes.count == 2)
    }

    @Test func itGoesOnWhereTheScriptWantsItTo() async throws {
        let bench = try bench()
        let code =
            Self.show + """
                show(pve.rolling({ 101, 102 }, { stop_on_failure = false, action = function(vm)
                  if vm.vmid == 101 then error("no") end
                end }))
                """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "101\tfailed\ttrue\n102\tdone\tfalse\n")
    }

    @Test func aRefusalEndsItAllTheSame() async throws {
        let bench = try Bench()
        let failure = try await bench.failure(of: "pve.rolling({ 101, 102 }, { stop_on_failure = false })")
        #expect(failure?.kind == .confirmationRequired)
        #expect(bench.writes.isEmpty)
        #expect(bench.consent.questions.count == 1)
    }

    @Test func ofABatchAllAreWaitedForThoughOneFails() async throws {
        let bench = try bench()
        bench.cluster.inject(Fault(.status(500, "got no luck"), method: .post, path: "/nodes/*/qemu/101/status/reboot"))
        let code = Self.show + "local ok, e = pcall(pve.rolling, { 101, 102, 110 }, { batch = 2 }) show(e.results)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "101\tfailed\ttrue\n102\tdone\tfalse\n110\tnot_reached\tfalse\n")
    }

    @Test(arguments: [
        ("101, { action = 'shutdown' }", "options.action"), ("101, { health = true }", "options.health"),
        ("101, { batch = 0 }", "options.batch"), ("101, { timeout = -1 }", "options.timeout"),
        ("101, { helth = print }", "options.helth"), ("'all'", "guests"), ("nil", "guests"),
    ])
    func wrongArgumentsSendNothing(arguments: String, name: String) async throws {
        let bench = try bench()
        let failure = try #require(try await bench.failure(of: "pve.rolling(\(arguments))"))
        #expect(failure.kind == .parameter && failure.message.contains(name), "\(failure)")
        #expect(bench.cluster.requests.isEmpty)
    }
}
