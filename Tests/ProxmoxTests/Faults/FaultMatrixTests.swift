// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

/// Every fault against a real TLS server on loopback: what a read, a change and the waiting for a task make of it.
struct FaultMatrixTests {
    /// What came of one row, as it was seen.
    private struct Seen: Sendable {
        var read = Cell()
        var write = Cell()
        var poll = Cell()
        var once = Cell()
        var end = Cell()

        func counted(_ counts: [String: Int]) -> Seen {
            var seen = self
            for part in [\Seen.read, \.write, \.poll, \.once, \.end] {
                seen[keyPath: part].sent = counts[seen[keyPath: part].node] ?? 0
            }
            return seen
        }
    }

    /// A failure's kind, and how many requests the server got.
    private struct Cell: Sendable {
        var node = ""
        var kind: ErrorKind?
        var sent = 0
        var text: String { (kind?.rawValue ?? "ok") + ", \(sent) sent" }
    }

    let server: HostileServer
    init() async throws { server = try await HostileServer.shared.value }

    private static func upid(_ node: String) throws -> UPID {
        try #require(UPID("UPID:\(node):00001A2B:0003C4D5:6741F0A0:qmstart:100:automation@pve!runbooks:"))
    }

    private func client(_ row: FaultRow) throws -> ProxmoxClient {
        let port = row.port == "closed" ? 1 : try #require(server.ports[row.port])
        let endpoint = try #require(HTTPEndpoint(host: "localhost", port: port))
        let settings = CurlSettings(
            trust: .authority(file: server.authority), stallTimeout: .seconds(1), maximumBody: 2_000_000,
            // libcurl itself repeats a read on a reused connection that is dead, or does not: nothing to record.
            requestsPerConnection: 1)
        // The time of pauses is virtual, that of the network is real.
        return ProxmoxClient(
            hosts: [ProxmoxHost(name: "server", transport: CurlTransport(endpoint, settings: settings))],
            credential: NoCredential(),
            settings: ClientSettings(requestTimeout: row.isSlow ? .seconds(4) : .seconds(60), jitter: { 0.5 }),
            clock: VirtualClock())
    }

    private func cell(_ node: String, _ body: () async throws(Failure) -> Void) async -> Cell {
        Cell(node: node, kind: await failure { () async throws(Failure) in try await body() }?.kind)
    }

    private func play(_ row: FaultRow, _ name: String) async throws -> Seen {
        var seen = Seen()
        if row.end != nil { seen.end = try await wait(row, "e\(name)", .seconds(1)) }
        if row.isOnlyEnd { return seen }
        async let read = read(row, "r\(name)")
        async let write = write(row, "w\(name)")
        async let poll = wait(row, "p\(name)", .seconds(1))
        async let once = wait(row, "o\(name)", .seconds(30))
        (seen.read, seen.write, seen.poll, seen.once) = (
            try await read, try await write, try await poll, try await once
        )
        return seen
    }

    private func read(_ row: FaultRow, _ node: String) async throws -> Cell {
        let (client, upid) = (try client(row), try Self.upid(node))
        return await cell(node) { () async throws(Failure) in _ = try await client.task(upid) }
    }

    private func write(_ row: FaultRow, _ node: String) async throws -> Cell {
        let client = try client(row)
        return await cell(node) { () async throws(Failure) in
            let path = try APIPath("nodes", node, "qemu", "100", "status", "start")
            _ = try TaskReference(try await client.send(APICall(.post, path)).data)
        }
    }

    private func wait(_ row: FaultRow, _ node: String, _ limit: Duration) async throws -> Cell {
        let (client, upid) = (try client(row), try Self.upid(node))
        return await cell(node) { () async throws(Failure) in _ = try await client.wait(for: upid, timeout: limit) }
    }

    private func playAll() async throws -> [Seen] {
        let faults = FaultRow.all.enumerated().map { ("f\($0.offset)", $0.element.fault) }
        try Data(JSONValue.object(JSONObject(faults)).encoded()).write(
            to: server.folder.appendingPathComponent("faults.json"))
        return try await withThrowingTaskGroup(of: (Int, Seen).self) { group in
            var results: [Int: Seen] = [:]
            for (index, row) in FaultRow.all.enumerated() {
                if index >= 6, let done = try await group.next() { results[done.0] = done.1 }
                group.addTask { (index, try await play(row, "f\(index)")) }
            }
            for try await done in group { results[done.0] = done.1 }
            let counts = try counts()
            return FaultRow.all.indices.map { (results[$0] ?? Seen()).counted(counts) }
        }
    }

    /// How many requests the server got for each node; looks into the log of a task come after the fact and do not count.
    private func counts() throws -> [String: Int] {
        let targets = try server.seen("/api2/json/nodes/").map(\.target).filter { !$0.contains("/log?") }
        return Dictionary(grouping: targets) { target in
            target.split(separator: "/").dropFirst(3).first.map(String.init) ?? ""
        }.mapValues(\.count)
    }

    @Test func recordedFaultsEndAsTheyShouldAndNoChangeIsSentTwice() async throws {
        let seen = try await playAll()
        for (row, seen) in zip(FaultRow.all, seen) {
            if let end = row.end { #expect(seen.end.kind == end, "\(row.name), as a task's end") }
            guard !row.isOnlyEnd else { continue }
            #expect(seen.read.kind == row.read, "\(row.name), read")
            #expect(seen.read.sent == row.reads, "\(row.name), read")
            #expect(seen.write.kind == row.write, "\(row.name), change")
            #expect(seen.write.sent == row.writes && seen.write.sent <= 1, "\(row.name), change")
            #expect(seen.poll.kind == row.poll, "\(row.name), poll")
            #expect(seen.once.kind == row.once, "\(row.name), poll, fault once")
        }
        let page = Self.page(seen)
        print(page)
        let file = Places.repository.appendingPathComponent("docs/fault-matrix.md")
        if ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1" { try Data(page.utf8).write(to: file) }
        #expect(
            try String(contentsOf: file, encoding: .utf8) == page, "run with PVELUA_RECORD=1 to write the page anew")
    }

    private static func page(_ seen: [Seen]) -> String {
        var rows = [["fault", "read", "change", "waiting, fault stays", "waiting, fault once"]]
        var texts = [
            [
                "error text of Proxmox", "read", "change", "waiting, fault stays", "waiting, fault once",
                "as a task's end",
            ]
        ]
        for (row, seen) in zip(FaultRow.all, seen) {
            // A pipe would end the cell.
            let name = row.name.replacingOccurrences(of: "|", with: "\\|")
            let calls = [seen.read, seen.write, seen.poll, seen.once].map { row.isOnlyEnd ? "" : $0.text }
            if let _ = row.end {
                texts.append([name] + calls + [seen.end.kind?.rawValue ?? "ok"])
            } else {
                rows.append([name] + calls)
            }
        }
        let head = """
            # What a fault makes of a read, a change and the waiting for a task

            Written by `FaultMatrixTests`, which plays every row against a TLS server on loopback and counts the requests that
            arrive there; run it with `PVELUA_RECORD=1` to write this page anew.

            A *read* asks for a task's status, a *change* starts a guest, *waiting* has seen the task run before the fault comes
            and has a second of (virtual) time left if it stays. `ok` means that there was no failure. Kinds are those that
            scripts catch. A read is tried four times where that may help; **a change is never sent more than once**.

            """
        return head + "\n## Faults on the way\n\n" + table(rows) + "\n## Proxmox's own texts\n\n" + table(texts)
    }

    /// Markdown with all columns aligned.
    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|\n"
        return line(rows.first ?? []) + rule + rows.dropFirst().map(line).joined()
    }
}
