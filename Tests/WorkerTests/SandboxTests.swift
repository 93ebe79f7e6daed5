// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import Wire

@Suite struct SandboxTests {
    @Test func saysWhatItRunsAndHowItIsLocked() async throws {
        let session = try await TestSession()
        #expect(session.ready["lua"]?.text?.hasPrefix("5.4.") == true)
        #expect(session.ready["sandbox"]?["seccomp"] == .bool(true))
        #expect(session.ready["sandbox"]?["no_new_privs"] == .bool(true))
        guard case .integer(let space)? = session.ready["sandbox"]?["address_space"] else {
            Issue.record("no address space in the ready frame")
            return
        }
        #expect(space > 48 << 20)
    }

    @Test(arguments: ["open", "socket", "execve", "ptrace"])
    func diesOfAForbiddenSystemCall(_ name: String) async throws {
        let client = try WorkerClient()
        try client.send(Frame(.boot, payload: TestSession.boot([.init("selftest", PackedValue(name))]).encoded()))
        #expect(try await client.next() == nil)
        #expect(client.end() == -SIGSYS)
    }

    @Test func endsWith70AndAnErrorWhenTheLockIsRefused() async throws {
        let client = try WorkerClient()
        try client.send(Frame(.boot, payload: TestSession.boot([.init("selftest", "refuse")]).encoded()))
        let frame = try #require(try await client.next())
        #expect(frame.kind == .error)
        let message = try PackedValue(decoding: frame.payload)["message"]?.text
        #expect(message?.contains("sandbox") == true)
        #expect(try await client.next() == nil)
        #expect(client.end() == 70)
    }

    @Test func endsWith0WhenTheHostHangsUp() async throws {
        let session = try await TestSession()
        _ = try await session.run("x = 1")
        session.client.hangUp()
        #expect(try await session.client.next() == nil)
        #expect(session.client.end() == 0)
    }

    @Test(
        arguments: [
            [0xff, 0xff, 0xff, 0xff, 0x01, 0, 0, 0, 0],
            [5, 0, 0, 0, 0x42, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 0],
            Frame(.boot, payload: [9]).encoded(),
            Frame(.run, payload: PackedValue.map([]).encoded()).encoded(),
        ] as [[UInt8]])
    func endsWith71AtAGarbledFirstFrame(_ bytes: [UInt8]) async throws {
        let client = try WorkerClient()
        try client.send(bytes)
        #expect(try await client.next() == nil)
        #expect(client.end() == 71)
    }

    @Test func endsWith71AtAFrameOutOfPlace() async throws {
        let session = try await TestSession()
        try session.client.send(Frame(.boot, payload: TestSession.boot().encoded()))
        #expect(try await session.client.next() == nil)
        #expect(session.client.end() == 71)
    }
}

extension SandboxTests {
    @Test func everyWorkerProvesItsFilterBeforeItIsReady() async throws {
        #expect(try await TestSession().ready["sandbox"]?["proved"] == .integer(4))
    }

    @Test(arguments: [("openat", "open"), ("socket", "socket"), ("execve", "execve"), ("ptrace", "ptrace")])
    func aFilterWithAHoleIsFoundOut(_ hole: String, _ name: String) async throws {
        let client = try WorkerClient()
        try client.send(Frame(.boot, payload: TestSession.boot([.init("hole", PackedValue(hole))]).encoded()))
        let frame = try #require(try await client.next())
        #expect(frame.kind == .error)
        let message = try PackedValue(decoding: frame.payload)["message"]?.text
        #expect(message?.contains("does not stop \(name)") == true, "\(message ?? "")")
        #expect(client.end() == 70)
    }
}
