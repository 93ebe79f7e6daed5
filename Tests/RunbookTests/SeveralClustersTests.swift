// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Policy
import Proxmox
import Simulator
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Runbook

/// Which clusters were opened, in order.
private final class OpeningLog: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }
    func add(_ name: String) { names.withLock { $0.append(name) } }
}

/// A host with two clusters whose guests have the same numbers: "demo", where runs are started, and "lab2"; a third one,
/// "broken", cannot be opened.
private struct TwoClusters {
    var bench: Bench
    let other: SimulatedCluster
    let log = OpeningLog()

    init(
        consent: ScriptedConsent = ScriptedConsent([]), policy: String? = nil,
        adjust: (inout RunSettings) -> Void = { _ in }
    ) throws {
        let rules: PolicySet =
            if let policy { try .load(yaml: policy, file: "policy.yaml") } else { try .shipped() }
        bench = try Bench(consent: consent, policy: rules, adjust: adjust)
        let clock = VirtualClock()
        other = SimulatedCluster(ClusterSeed.demo(), clock: clock)
        let client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "lab2", transport: SimulatorTransport(other))],
            credential: try APIToken(id: "root@pam!demo", secret: Secret("00000000-0000-4000-8000-000000000001")),
            clock: VirtualTime(clock: clock))
        bench.environment.clusters = ClusterDirectory(names: ["demo", "lab2", "broken"]) {
            [log] (name) throws(Failure) in
            log.add(name)
            guard name == "lab2" else { throw Failure(.config, "its secret is not there") }
            return OpenedCluster(client: client, policy: rules, taskTimeout: .seconds(300))
        }
    }

    /// What a chunk printed; a failure is an issue.
    func output(of code: String) async throws -> String {
        let failure = try await bench.failure(of: code)
        #expect(failure == nil)
        return bench.output.text
    }

    func writes(_ cluster: SimulatedCluster) -> Int { cluster.requests.filter { $0.method != .get }.count }
}

private let readsOnly = "  - { id: reads, actions: [\"read.*\"], effect: allow }\n"

struct SeveralClustersTests {
    @Test func whatGuestsWereIsKnownOfEachCluster() async throws {
        let policy = """
            version: 1
            rules:
              - { id: all, actions: ["*"], effect: allow }
              - { id: crown, actions: [guest.stop], where: { tag: "crown-*" }, effect: deny }
            """
        let two = try TwoClusters(policy: policy)
        two.other.update { $0.guests[101]?.config["tags"] = "crown-x" }
        let code = """
            pve.tag(101, 'mine')
            pve.vm_action(nil, 101, 'stop')
            local lab2 = pve.cluster("lab2")
            lab2.untag(101, 'crown-x')
            lab2.vm_action(nil, 101, 'stop')
            """
        let failure = try #require(try await two.bench.failure(of: code))
        #expect(failure.kind == .policyDenied, "\(failure)")
        #expect(failure.hint?.contains("by what the guest was when the run began") == true)
        #expect(two.writes(two.bench.cluster) == 2 && two.writes(two.other) == 1)
    }

    @Test func theSameNumberElsewhereIsAnotherGuestToLimits() async throws {
        let policy = """
            version: 1
            rules:
              - { id: all, actions: ["*"], effect: allow }
            limits:
              run: { guests: 2, canary: 1 }
            """
        let two = try TwoClusters(policy: policy)
        let code = """
            local lab2 = pve.cluster("lab2")
            pve.vm_action(nil, 103, 'start')
            pve.vm_action(nil, 103, 'stop')
            lab2.vm_action(nil, 103, 'start')
            lab2.vm_action(nil, 103, 'stop')
            lab2.vm_action(nil, 111, 'start')
            """
        let failure = try #require(try await two.bench.failure(of: code))
        #expect(failure.kind == .limit && failure.message.contains("limits.run.guests is 2"), "\(failure)")
        #expect(two.writes(two.bench.cluster) == 2 && two.writes(two.other) == 2)
    }

    @Test func aChangeOnOneClusterLeavesTheOtherAlone() async throws {
        let two = try TwoClusters()
        let code = """
            local lab2 = pve.cluster("lab2")
            local result = lab2.vm_action(nil, 103, "start")
            print(result.status, result.cluster, lab2.vm(103).status, pve.vm(103).status, pve.vm(103).cluster)
            """
        #expect(try await two.output(of: code) == "running\tlab2\trunning\tstopped\tnil\n")
        #expect(two.writes(two.other) == 1)
        #expect(two.writes(two.bench.cluster) == 0)
    }

    @Test func theRunsOwnClusterIsPveItself() async throws {
        let two = try TwoClusters()
        let code = """
            print(pve.cluster("demo") == pve, pve.cluster() == pve, pve.name)
            local lab2 = pve.cluster("lab2")
            print(lab2 == pve.cluster("lab2"), lab2.name, lab2 == pve, lab2.cluster("demo") == pve)
            print(pcall(function() return lab2.list_vm end))
            print(pcall(function() lab2.name = "x" end))
            """
        let lines = try await two.output(of: code).split(separator: "\n")
        #expect(lines.count == 4, "\(lines)")
        #expect(lines.prefix(2) == ["true\ttrue\tdemo", "true\tlab2\tfalse\ttrue"])
        #expect(lines.dropFirst(2).first?.contains(#"did you mean pve.cluster("lab2").list_vms?"#) == true)
        #expect(lines.last?.hasPrefix("false") == true)
        #expect(two.log.all == [], "naming a cluster opens nothing")
    }

    @Test func guestsHaveTheMethodsOfTheirCluster() async throws {
        let two = try TwoClusters()
        let code = """
            local there, here = pve.cluster("lab2").vm(103), pve.vm(103)
            there:start()
            print(there:refresh().status, here:refresh().status, tostring(there), tostring(here))
            print(there:snapshot().name, here:snapshot().name, pve.snapshot(nil, 101).name)
            """
        let expected = """
            running\tstopped\tguest 103 (staging) of cluster lab2\tguest 103 (staging)
            aiagent-snap-0001\taiagent-snap-0001\taiagent-snap-0002

            """
        let name = try await two.bench.environment.client.facts(of: try #require(VMID(103))).name
        #expect(try await two.output(of: code) == expected.replacing("staging", with: name))
    }

    @Test(arguments: [
        "pve.vm(pve.cluster('lab2').vm(101))",
        "pve.vm(pve.cluster('lab2').list_vms()[1])",
        "pve.cluster('lab2').vm(pve.vm(101))",
        "pve.cluster('lab2').vm_action(nil, pve.list_vms()[1], 'start')",
        "pve.poll(pve.cluster('lab2').vm_action(nil, 103, 'start', { wait = false }))",
        "pve.cluster('lab2').poll(pve.vm_action(nil, 103, 'start', { wait = false }))",
        "local vm = pve.vm(103); vm.cluster = 'lab2'; vm:start()",
        "local vm = pve.cluster('lab2').vm(103); vm.cluster = nil; vm:start()",
        "local vm = pve.vm(103); pve.cluster('lab2').vm(103).start(vm)",
        "pve.vm({ vmid = 101, cluster = {} })",
    ])
    func whatBelongsToOneClusterIsRefusedByAnother(code: String) async throws {
        let two = try TwoClusters()
        let failure = try #require(try await two.bench.failure(of: code))
        #expect(failure.kind == .parameter, "\(failure)")
        #expect(failure.status == nil, "it never reached a cluster")
        #expect(failure.message.contains("belongs to cluster") || failure.message.contains("a cluster's name"))
        let starts = (two.bench.cluster.requests + two.other.requests).filter { $0.target.contains("/status/start") }
        #expect(starts.count <= 1, "only the task that was to be polled")
    }

    @Test func taskAndGuestAreTakenByTheirOwnCluster() async throws {
        let two = try TwoClusters()
        let code = """
            local lab2 = pve.cluster("lab2")
            local here, there = pve.vm_action(nil, 103, "start", { wait = false }), lab2.vm_action(nil, 103, "start", { wait = false })
            print(here.upid == there.upid, there.cluster)
            print(lab2.poll(there).cluster, pve.poll(here).status, lab2.vm(lab2.vm(101)).vmid)
            """
        #expect(try await two.output(of: code) == "true\tlab2\nlab2\tok\t101\n")
        let steps = try two.bench.journal.steps(of: "run-1")
        #expect(steps.map(\.intent.cluster) == ["demo", "lab2"])
        #expect(steps.map(\.state) == [.done, .done], "tasks of one name are told apart by their cluster")
        #expect(try two.bench.journal.run("run-1")?.cluster == "demo")
    }

    @Test func aRawWriteGoesToItsClusterAndItsTaskToo() async throws {
        let two = try TwoClusters()
        let code = """
            local lab2 = pve.cluster("lab2")
            local path = "/nodes/" .. lab2.vm(103).node .. "/qemu/103/status/start"
            local task = lab2.api.post(path, {}, { wait = false })
            print(task.cluster, lab2.poll(task).status, lab2.vm(103).status, pve.vm(103).status)
            print(pcall(pve.poll, task))
            """
        let text = try await two.output(of: code)
        #expect(text.hasPrefix("lab2\tok\trunning\tstopped\nfalse\t"), "\(text)")
        #expect(text.contains("belongs to cluster"))
    }

    @Test func policyMayDenyOnOneClusterOnly() async throws {
        let two = try TwoClusters(
            policy: "version: 1\nrules:\n" + readsOnly
                + "  - { id: free, actions: [guest.start], effect: allow }\n"
                + "  - { id: frozen, actions: [guest.start], clusters: [\"lab*\"], effect: deny }\n")
        #expect(try await two.bench.failure(of: "pve.vm_action(nil, 103, 'start')") == nil)
        let failure = try #require(try await two.bench.failure(of: "pve.cluster('lab2').vm_action(nil, 103, 'start')"))
        #expect(failure.kind == .policyDenied)
        #expect(failure.cluster == "lab2")
        #expect(failure.message.contains("cluster lab2"))
        #expect(failure.json["cluster"] == "lab2")
        #expect(two.writes(two.other) == 0)
    }

    @Test func aQuestionNamesTheClusterItIsAbout() async throws {
        let consent = ScriptedConsent([.yes, .yes])
        let two = try TwoClusters(consent: consent)
        _ = try await two.output(of: "pve.cluster('lab2').vm(101):stop(); pve.vm(101):stop()")
        #expect(consent.questions.map(\.cluster) == ["lab2", "demo"])
    }

    @Test func limitsHoldForAllClustersTogetherAndTellTheirGuestsApart() async throws {
        let policy =
            "version: 1\nrules:\n" + readsOnly + "  - { id: s, actions: [snapshot.create], effect: allow }\n"
            + "limits:\n  run: { guests: 2 }\n"
        let two = try TwoClusters(policy: policy)
        let code = "pve.snapshot(nil, 101); pve.cluster('lab2').snapshot(nil, 101); "
        #expect(try await two.bench.failure(of: code + "pve.snapshot(nil, 101)") == nil)
        let failure = try #require(try await two.bench.failure(of: code + "pve.cluster('lab2').snapshot(nil, 102)"))
        #expect(failure.kind == .limit)
        #expect(failure.cluster == "lab2")
    }

    @Test func aClusterIsOpenedOnceAndOneThatCannotBeHarmsNoOther() async throws {
        let two = try TwoClusters()
        let code = """
            local broken = pve.cluster("broken")
            for _ = 1, 3 do
              local ok, e = pcall(broken.list_vms)
              print(ok, e.kind, e.cluster)
            end
            print(#pve.cluster("lab2").list_vms(), #pve.cluster("lab2").list_nodes(), #pve.list_vms())
            """
        let refused = "false\tconfig\tbroken\n"
        #expect(try await two.output(of: code) == refused + refused + refused + "6\t3\t6\n")
        #expect(two.log.all == ["broken", "lab2"])
    }

    @Test func callsThatComeTogetherOpenAClusterOnce() async throws {
        let two = try TwoClusters()
        let book = ClusterBook(two.bench.environment)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { #expect((try? await book.environment(for: "lab2"))?.clusterName == "lab2") }
            }
        }
        #expect(two.log.all == ["lab2"])
    }

    @Test func aPersonAtAPromptMayTryAgain() async throws {
        let two = try TwoClusters { $0.isInteractive = true }
        let book = ClusterBook(two.bench.environment)
        for _ in 0..<2 {
            await #expect(throws: Failure.self) { _ = try await book.environment(for: "broken") }
        }
        #expect(two.log.all == ["broken", "broken"])
    }

    @Test func aMisspeltNameIsToldAtOnce() async throws {
        let two = try TwoClusters()
        let failure = try #require(try await two.bench.failure(of: "pve.cluster('lab22')"))
        #expect(failure.kind == .config)
        #expect(failure.hint == "did you mean `lab2`?")
        #expect(try await two.bench.failure(of: "pve.cluster(7)")?.kind == .parameter)
    }

    @Test func theRawApiAnswersAsItIs() async throws {
        let two = try TwoClusters()
        let code = """
            local status = pve.cluster("lab2").api.get("/nodes/pve1/qemu/103/status/current")
            print(status.cluster, status.vmid or 103, pve.cluster("lab2").version().cluster, pve.version().cluster)
            """
        #expect(try await two.output(of: code) == "nil\t103\tlab2\tnil\n")
    }

    /// A name's beginning, and how many letters to add to it: a test's arguments are printed.
    @Test(arguments: [
        ("list_vms@../x", 0), ("list_vms@", 0), ("list_vms@@lab2", 0), ("list_vms@lab2@x", 0), ("now@nowhere", 0),
        ("list_vms@LAB2", 0), ("list_vms@", 1 << 20), ("@lab2", 0), ("nothing@lab2", 0), ("list", 1 << 20),
        ("list_vms@lab2\u{1b}[31m", 0),
    ])
    func aHostileNameOpensNothing(beginning: String, letters: Int) async throws {
        let name = beginning + String(repeating: "a", count: letters)
        let two = try TwoClusters()
        let environment = two.bench.environment
        let dispatcher = CallDispatcher(
            environment: environment, run: RunScope(id: "r", environment: environment, script: nil))
        let frame = PackedValue.array([PackedValue(name), .null]).encoded()
        guard case .failure(let failure) = await dispatcher.answer(NumberedCall(frame)) else {
            Issue.record("it was answered")
            return
        }
        #expect([.config, .parameter].contains(failure.kind))
        #expect(failure.message.utf8.count < 300 && (failure.cluster ?? "").utf8.count < 300)
        #expect(two.log.all == [])
        #expect(two.other.requests.isEmpty && two.bench.cluster.requests.isEmpty)
    }
}
