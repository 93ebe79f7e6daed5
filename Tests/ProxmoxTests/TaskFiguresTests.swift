// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

/// Progress, read from logs that are written for people.
struct TaskFiguresTests {
    @Test(
        arguments: [
            ("INFO:  37% (11.9 GiB of 32.0 GiB) in 1m 2s, read: 190.1 MiB/s, write: 180.0 MiB/s", 0.3719, nil),
            ("drive-scsi0: transferred 1.0 GiB of 32.0 GiB (3.12%) in 5s", 0.03125, "scsi0"),
            ("drive-virtio1: transferred 32.0 GiB of 32.0 GiB (100.00%) in 50s, ready", 1, "virtio1"),
            ("transferred 512.0 MiB of 2.0 GiB (25.00%)", 0.25, nil),
            ("2026-11-22 10:00:00 migration active, transferred 1.0 GiB of 4.0 GiB VM-state, 110.0 MiB/s", 0.25, nil),
            ("transferred 0.0 B of 0.0 B", nil, nil), ("transferred nan GiB of 4.0 GiB", nil, nil),
            ("transferred 1e999 GiB of 4.0 GiB", nil, nil), ("transferred 8.0 GiB of 4.0 GiB", 1, nil),
            ("of of of", nil, nil),
            ("TASK OK", nil, nil), ("INFO: trying to get global lock - waiting...", nil, nil),
        ] as [(String, Double?, String?)])
    func linesTellHowFarATaskHasCome(_ line: String, _ fraction: Double?, _ subject: String?) {
        var figures = TaskFigures()
        figures.read(line)
        #expect(figures.fraction.map { ($0 * 10_000).rounded() } == fraction.map { ($0 * 10_000).rounded() })
        #expect(figures.subject == subject)
        #expect(line.hasSuffix(figures.line ?? "?"))
    }

    @Test func aNewPieceOfWorkBeginsAnew() {
        var figures = TaskFigures()
        figures.read("INFO: 100% (32.0 GiB of 32.0 GiB) in 5m")
        figures.read("INFO: Starting Backup of VM 101 (qemu)")
        #expect(figures.subject == "Backup of VM 101")
        #expect(figures.fraction == nil)
        figures.read("create full clone of drive scsi0 (local:9000/base.raw)")
        #expect(figures.subject == "scsi0")
        figures.read("2026-11-22 16:14:20 starting migration of VM 102 to node 'pve1' (192.0.2.11)")
        #expect(figures.subject == "migration of VM 102 to node 'pve1'")
        #expect(figures.line?.hasPrefix("starting") == true)
    }

    @Test func hostileLinesAreMadeHarmless() {
        var figures = TaskFigures()
        figures.read("drive-\u{1b}[2Jx: transferred 1.0 GiB of 2.0 GiB")
        #expect(figures.line?.contains("\u{1b}") == false)
        #expect(figures.subject?.contains("\u{1b}") == false)
    }

    @Test func whoWaitsIsToldTheFigures() async throws {
        let upid = try #require(UPID(TaskTests.text))
        let looks = Lock(0)
        let transport = ScriptedTransport { request, _ in
            if request.target.contains("/log?start=0&") {
                return .json(#"[{"n":1,"t":"drive-scsi0: transferred 1.0 GiB of 4.0 GiB (25.00%)"}]"#, total: 1)
            }
            if request.target.contains("/log?start=1&") {
                return .json(#"[{"n":2,"t":"drive-scsi0: transferred 2.0 GiB of 4.0 GiB (50.00%)"}]"#, total: 2)
            }
            if request.target.contains("/log") { return .json("[]", total: 2) }
            let count = looks.withLock { count in
                count += 1
                return count
            }
            return .json(count < 40 ? #"{"status":"running"}"# : #"{"status":"stopped","exitstatus":"OK"}"#)
        }
        let seen = Lock<[Double?]>([])
        _ = try await ProxmoxClient.scripted(transport).wait(for: upid) { progress in
            seen.withLock { $0.append(progress.figures.fraction) }
        }
        let told = seen.withLock { $0 }
        #expect(told.first == 0.25)
        #expect(told.last == 0.5)
        // Every two seconds at most, though there were forty looks.
        #expect(transport.seen.count { $0.target.contains("/log") } <= 5)
    }
}
