// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Journal

/// Who holds a run.
struct RunLockTests {
    private static let run = RunRecord(
        id: "r", cluster: "lab", script: "a.lua", scriptSHA256: "aa", caller: .human, started: 1)

    @Test func twoJournalsOfOneProcessKeepEachOtherOut() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let (first, second) = (try SQLiteJournal(path: path), try SQLiteJournal(path: path))
        try first.beginRun(Self.run)
        #expect(try first.isHeld("r") && second.isHeld("r"))
        #expect(#expect(throws: Failure.self) { try second.takeRun("r") }?.kind == .busy)
        try first.releaseRun("r")
        #expect(try !first.isHeld("r") && !second.isHeld("r"))
        try second.takeRun("r")
        #expect(#expect(throws: Failure.self) { try first.takeRun("r") }?.kind == .busy)
        #expect(try first.run("r")?.resumes == 1)
    }

    @Test func aRunIsFreeOnceItsProcessIsKilled() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run)
        try journal.releaseRun("r")
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        // The lock of run number 1, as another pvelua holds it.
        other.arguments = [
            "-c",
            """
            import fcntl, struct, sys, time
            file = open(sys.argv[1], "r+b")
            fcntl.fcntl(file, 37, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 1, 1, 0))
            print("held", flush=True)
            time.sleep(60)
            """, path + ".locks",
        ]
        let pipe = Pipe()
        other.standardOutput = pipe
        try other.run()
        defer { other.terminate() }
        #expect(try pipe.fileHandleForReading.read(upToCount: 5) == Data("held\n".utf8))
        #expect(try journal.isHeld("r"))
        #expect(#expect(throws: Failure.self) { try journal.takeRun("r") }?.kind == .busy)
        kill(other.processIdentifier, SIGKILL)
        other.waitUntilExit()
        #expect(try !journal.isHeld("r"))
        try journal.takeRun("r")
    }

    @Test func programsThatAreStartedDoNotInheritIt() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("journal.sqlite").path
        let journal = try SQLiteJournal(path: path)
        try journal.beginRun(Self.run)
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name -> Int32? in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            return target == path + ".locks" ? Int32(name) : nil
        }
        #expect(open.count == 1)
        for file in open { #expect(fcntl(file, F_GETFD) & FD_CLOEXEC != 0) }
        #expect(try journal.isHeld("r"))
    }
}
