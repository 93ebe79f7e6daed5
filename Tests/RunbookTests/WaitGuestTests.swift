// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Simulator
import Testing

@testable import Runbook

/// `pve.wait_guest` and `vm:wait`, in virtual time.
struct WaitGuestTests {
    @Test(arguments: [
        ("pve.wait_guest(101, 'running')", "running"), ("pve.wait_guest(103, 'stopped')", "stopped"),
        ("pve.wait_guest(101, 'agent')", "running"), ("pve.wait_guest(110, 'ready')", "running"),
        ("pve.vm(101):wait('ready', { timeout = 5 })", "running"),
        (
            "(function() pve.vm_action(nil, 103, 'start', { wait = false }) return pve.vm(103):wait('running') end)()",
            "running"
        ),
    ])
    func itGivesTheGuestOnceItIsInTheState(call: String, status: String) async throws {
        let bench = try Bench()
        #expect(try await bench.failure(of: "print((\(call)).status)") == nil)
        #expect(bench.output.text == status + "\n")
    }

    @Test(arguments: [
        ("pve.wait_guest(101, 'stopped', { timeout = 30 })", ErrorKind.guestTimeout, "30 s: guest 101 is stopped"),
        ("pve.wait_guest(103, 'agent', { timeout = 10 })", .guestTimeout, "the agent of guest 103 answers"),
        ("pve.wait_guest(110, 'agent')", .unsupported, "has no agent"),
        ("pve.wait_guest(101, 'on fire')", .parameter, "state"), ("pve.wait_guest(999, 'running')", .notFound, "999"),
        ("pve.wait_guest(101)", .parameter, "state"),
        ("pve.wait(function() end, { timeout = 3, what = 'the sun shines' })", .guestTimeout, "3 s: the sun shines"),
    ])
    func whatNeverComesTrueIsAnError(call: String, kind: ErrorKind, message: String) async throws {
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: call))
        #expect(failure.kind == kind && failure.message.contains(message), "\(failure)")
    }

    @Test func whatNoWaitingMendsIsRaisedAtOnce() async throws {
        let bench = try Bench()
        bench.cluster.inject(
            Fault(
                .status(403, "Permission check failed (/vms/101, VM.Monitor)"), method: .get,
                path: "/nodes/*/qemu/*/agent/*",
                count: 100))
        #expect(try await bench.failure(of: "pve.wait_guest(101, 'agent')")?.kind == .permission)
    }
}
