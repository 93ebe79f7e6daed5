// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

/// What the agent inside a machine answers.
struct AgentTests {
    let bench = Bench()
    let base = "/nodes/pve1/qemu/101/agent"

    private func run(_ form: String, after seconds: Double = 1) async throws -> JSONValue {
        let pid = try await bench.data(.post, base + "/exec", form)["pid"]?.perlInteger ?? 0
        bench.clock.advance(by: seconds)
        return try await bench.data(.get, base + "/exec-status?pid=\(pid)")
    }

    @Test(arguments: [
        ("command=/bin/echo&command=a&command=b", 0, "a b\n", nil), ("command=false", 1, nil, nil),
        ("command=hostname", 0, "web-1\n", nil), ("command=cat&input-data=hello", 0, "hello", nil),
        ("command=cat&command=/nosuch", 1, nil, "cat: /nosuch: No such file or directory\n"),
        ("command=sh&command=-c&command=exit+3", 3, nil, nil),
        ("command=sh&command=-c&command=nosuch", 127, nil, "sh: 1: nosuch: not found\n"),
    ])
    func programsRunAndSayHowTheyEnded(form: String, code: Int, out: String?, errors: String?) async throws {
        let status = try await run(form)
        #expect(status["exited"] == 1)
        #expect(status["exitcode"]?.perlInteger == code)
        #expect(status["out-data"]?.string == out)
        #expect(status["err-data"]?.string == errors)
    }

    @Test func aProgramThatTakesTimeHasNotExited() async throws {
        #expect(try await run("command=sleep&command=30", after: 5) == ["exited": 0])
        bench.clock.advance(by: 30)
        #expect(try await bench.data(.get, base + "/exec-status?pid=701")["exited"] == 1)
        #expect(await bench.send(.get, base + "/exec-status?pid=9").reason == "Agent error: Invalid parameter 'pid'")
    }

    @Test func aProgramThatIsMissingIsAnError() async {
        let answer = await bench.send(.post, base + "/exec", "command=/bin/nosuch")
        #expect(answer.status == 500)
        #expect(answer.reason.hasPrefix("Agent error: "))
    }

    @Test func whatIsWrittenCanBeReadAndListed() async throws {
        #expect(await bench.send(.post, base + "/file-write", "file=/etc/motd&content=hello").status == 200)
        #expect(
            try await bench.data(.get, base + "/file-read?file=/etc/motd") == ["content": "hello", "bytes-read": 5])
        #expect(try await run("command=ls&command=/etc")["out-data"] == "hostname\nmotd\nos-release\n")
    }

    @Test func theInsideIsDescribed() async throws {
        #expect(try await bench.data(.get, base + "/get-host-name") == ["result": ["host-name": "web-1"]])
        let system = try await bench.data(.get, base + "/get-osinfo")["result"]
        #expect(system?["pretty-name"] == "Debian GNU/Linux 12 (bookworm)")
        let disks = try await bench.data(.get, base + "/get-fsinfo")["result"]?.array ?? []
        #expect(disks.first?["mountpoint"] == "/")
        #expect(disks.first?["total-bytes"] == JSONValue(32 * 1_073_741_824))
        let cards = try await bench.data(.get, base + "/network-get-interfaces")["result"]?.array ?? []
        #expect(cards.map { $0["name"]?.string } == ["lo", "eth0"])
    }

    @Test func anAgentThatIsNotThereSaysHow() async {
        bench.cluster.update { state in
            state.guests[103]?.config["agent"] = nil
            state.guests[101]?.agentRunning = false
        }
        #expect(await bench.send(.post, "/nodes/pve1/qemu/103/agent/ping").reason == "No QEMU guest agent configured")
        #expect(await bench.send(.post, base + "/ping").reason == "QEMU guest agent is not running")
        bench.cluster.update { $0.guests[103]?.config["agent"] = "1" }
        #expect(await bench.send(.post, "/nodes/pve1/qemu/103/agent/ping").reason == "VM 103 is not running")
    }
}
