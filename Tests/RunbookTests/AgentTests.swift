// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Policy
import Proxmox
import Simulator
import Testing

@testable import Runbook

/// The agent inside of guests: what it tells, what it does, and what is believed where it does not answer.
struct AgentTests {
    private func bench() throws -> Bench {
        try Bench(
            policy: try PolicySet.load(
                yaml: "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n", file: "p"))
    }

    @Test(arguments: [
        (
            #"local r = pve.vm(101):exec({ "uname", "-r" }); print(r.changed, r.exitcode, r.out, r.err, r.truncated)"#,
            "true\t0\t6.1.0-37-amd64\n\t\tfalse\n"
        ),
        (#"print(pve.agent_exec(101, { "sh", "-c", "exit 7" }).exitcode)"#, "7\n"),
        (#"print(pve.agent_exec(101, { "cat" }, { input = "grüß\n" }).out)"#, "grüß\n\n"),
        (
            #"local r = pve.vm(101):write_file("/etc/motd", "zwölf\n"); print(r.changed, r.size, pve.vm(101):read_file("/etc/motd").content)"#,
            "true\t7\tzwölf\n\n"
        ),
        (
            #"local f = pve.agent_read(101, "/etc/hostname", { limit = 3 }); print(f.content, f.size, f.truncated)"#,
            "web\t3\ttrue\n"
        ),
        (
            #"print(pve.agent_ping(101).answers, pve.agent_ping(103).answers, pve.agent_ping(103).reason)"#,
            "true\tfalse\tVM 103 is not running\n"
        ),
        (
            #"local i = pve.agent_info(101); print(i.hostname, i.os.id, i.time > 0, #i.commands > 10)"#,
            "web-1\tdebian\ttrue\ttrue\n"
        ),
        (#"local f = pve.agent_fs(101)[1]; print(f.mountpoint, f.type, f.used * 2 == f.total)"#, "/\text4\ttrue\n"),
        (
            #"for _, a in ipairs(pve.vm(101):addresses()) do print(a.interface, a.family, a.scope, a.prefix) end"#,
            "eth0\tinet\tglobal\t24\neth0\tinet6\tlink\t64\n"
        ),
        (#"print(#pve.agent_addresses(101, { loopback = true }), #pve.agent_addresses(110))"#, "4\t0\n"),
    ])
    func whatTheAgentSaysAndDoes(code: String, expected: String) async throws {
        let bench = try bench()
        let failure = try await bench.failure(of: code)
        #expect(failure == nil, "\(String(describing: failure))")
        #expect(bench.output.text == expected)
    }

    @Test(arguments: [
        ("pve.agent_exec(110, { 'ls' })", ErrorKind.unsupported, "is a container"),
        ("pve.agent_exec(103, { 'ls' })", .conflict, "stopped"),
        ("pve.agent_exec(101, {})", .parameter, "names no program"),
        ("pve.agent_exec(101, { 1 })", .parameter, "command[1]"),
        (
            "pve.agent_exec(101, { 'sleep', '100' }, { timeout = 5 })", .guestTimeout,
            "still runs in guest 101 after 5 s"
        ),
        ("pve.agent_exec(101, { 'nosuchprogram' })", .server, "No such file"),
        ("pve.agent_read(101, '/nosuch')", .server, "No such file"),
        ("pve.agent_addresses(111)", .conflict, "stopped"),
        ("pve.console(101)", .unsupported, "not reached over the network"),
    ])
    func whatCannotBeSaysWhy(code: String, kind: ErrorKind, words: String) async throws {
        let failure = try #require(try await bench().failure(of: code))
        #expect(failure.kind == kind, "\(failure)")
        #expect(failure.message.contains(words), "\(failure.message)")
    }

    @Test func aMissingAgentSaysHowToGetOne() async throws {
        let bench = try bench()
        bench.cluster.update { state in state.guests[101]?.config["agent"] = nil }
        let failure = try #require(try await bench.failure(of: "pve.agent_info(101)"))
        #expect(failure.kind == .unsupported)
        #expect(failure.hint?.contains("qemu-guest-agent") == true)
    }

    /// What the agent got and did not answer in time may have been done: it is in doubt, sent once, and nobody looks for half
    /// a minute for traces that there are none of.
    @Test(arguments: [
        ("pve.agent_exec(101, { 'true' })", "guest-exec"), ("pve.agent_write(101, '/x', 'y')", "guest-file-write"),
        ("pve.api.post('/nodes/pve1/qemu/101/agent/fsfreeze-freeze')", "guest-fsfreeze-freeze"),
        (
            "pve.api.post('/nodes/pve1/qemu/101/agent/set-user-password', { username = 'a', password = 'secret1' })",
            "guest-set-user-password"
        ),
    ])
    func aTimeOutOfTheAgentIsInDoubt(code: String, command: String) async throws {
        let bench = try bench()
        bench.cluster.inject(
            Fault(
                .status(500, "VM 101 qmp command '\(command)' failed - got timeout"), method: .post,
                path: "/nodes/*/qemu/101/agent/*"))
        let before = bench.environment.now()
        let failure = try #require(try await bench.failure(of: code))
        #expect(failure.kind == .inDoubt, "\(failure)")
        #expect(bench.writes.count == 1)
        #expect(bench.environment.now() - before < 5)
        let run = try #require(try await bench.journal.runs(limit: 10).first)
        #expect(try await bench.journal.steps(of: run.id).map(\.state) == [.inDoubt])
    }

    @Test func anEndThatCannotBeLearntIsInDoubtAndNotAFailure() async throws {
        let bench = try bench()
        bench.cluster.inject(
            Fault(
                .status(500, "Agent error: Invalid parameter 'pid'"), method: .get, path: "/nodes/*/exec-status*",
                count: 100))
        let failure = try #require(try await bench.failure(of: "pve.agent_exec(101, { 'true' })"))
        #expect(failure.kind == .inDoubt)
        #expect(failure.message.contains("was started in the guest"))
    }

    @Test func theJournalKeepsTheCommandButNeitherInputNorOutput() async throws {
        let bench = try bench()
        _ = try await bench.run(
            "pve.agent_exec(101, { 'cat' }, { input = 'hunter2' }); pve.agent_write(101, '/k', 'hunter3')")
        _ = try await bench.run(
            "pve.api.post('/nodes/pve1/qemu/101/agent/exec', { command = { 'cat' }, ['input-data'] = 'hunter4' })")
        var kept = ""
        for run in try await bench.journal.runs(limit: 10) {
            for step in try await bench.journal.steps(of: run.id) { kept += "\(step)" }
        }
        #expect(kept.contains("agent.exec") && kept.contains("cat"))
        #expect(kept.contains("7 bytes, not kept"))
        #expect(!kept.contains("hunter"), "\(kept)")
    }

    @Test func theShippedPolicyAsksAPersonAndLetsNoAgentIn() async throws {
        for (caller, kind) in [
            (Caller.human, ErrorKind.confirmationRequired), (.agent, .approvalRequired), (.ci, .approvalRequired),
        ] {
            for code in [
                "pve.agent_exec(101, { 'true' })", "pve.agent_read(101, '/etc/hostname')",
                "pve.agent_write(101, '/x', 'y')",
            ] {
                let bench = try Bench(consent: ScriptedConsent([.nobody]), caller: caller)
                let failure = try #require(try await bench.failure(of: code))
                #expect(failure.kind == kind, "\(caller) \(code): \(failure)")
                #expect(bench.writes.isEmpty)
            }
            let bench = try Bench(consent: ScriptedConsent([]), caller: caller)
            #expect(try await bench.failure(of: "pve.agent_ping(101); pve.agent_addresses(101)") == nil)
        }
    }

    @Test func aConsoleIsAnAddressWithoutATicket() async throws {
        var bench = try bench()
        let endpoint = try #require(HTTPEndpoint("pve1.lan"))
        bench.environment.client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "pve1.lan", transport: bench.transport, endpoint: endpoint)],
            credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")))
        let code =
            "print(pve.vm(101):console().url); print(pve.vm(110):console().url); print(pve.node('pve3'):console().url)"
        #expect(try await bench.failure(of: code) == nil)
        #expect(
            bench.output.text == """
                https://pve1.lan:8006/?console=kvm&novnc=1&vmid=101&vmname=web-1&node=pve1&resize=off&cmd=
                https://pve1.lan:8006/?console=lxc&xtermjs=1&vmid=110&vmname=proxy-1&node=pve2&cmd=
                https://pve1.lan:8006/?console=shell&xtermjs=1&vmid=0&vmname=&node=pve3&cmd=

                """)
        #expect(bench.writes.isEmpty)
        #expect(try await bench.failure(of: "pve.console(101, { viewer = 'xtermjs' })")?.kind == .parameter)
    }
}
