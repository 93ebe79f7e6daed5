// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import Journal

struct AlertStoreTests {
    private static func row(_ name: String, _ state: String = "firing") -> AlertRow {
        AlertRow(fingerprint: name, state: state, body: ["rule": .string(name), "state": .string(state)])
    }

    private static func change(_ rows: [AlertRow], _ channels: [String] = []) -> AlertChange {
        AlertChange(alerts: rows, messages: channels.map { .init(channel: $0, body: ["to": .string($0)]) })
    }

    @Test func `alerts and messages survive the end of the program`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("state/journal.sqlite").path
        try SQLiteJournal(path: path).changeAlerts(of: "lab", at: 1) { _ in
            Self.change([Self.row("a"), Self.row("b", "pending")], ["page", "hook"])
        }
        let journal = try SQLiteJournal(path: path)
        #expect(try journal.alerts(of: "lab") == [Self.row("a"), Self.row("b", "pending")])
        #expect(try journal.alerts(of: "other").isEmpty)
        #expect(try journal.claimDeliveries(of: "lab", at: 2, lease: 60).map(\.channel) == ["page", "hook"])
    }

    @Test func `a change replaces the alerts of its cluster and no others`() throws {
        let journal = try SQLiteJournal.inMemory()
        try journal.changeAlerts(of: "lab", at: 1) { _ in Self.change([Self.row("a"), Self.row("b")]) }
        try journal.changeAlerts(of: "prod", at: 1) { _ in Self.change([Self.row("a")]) }
        try journal.changeAlerts(of: "lab", at: 2) { rows in
            #expect(rows.map(\.fingerprint) == ["a", "b"])
            return Self.change([Self.row("b", "pending")])
        }
        #expect(try journal.alerts(of: "lab") == [Self.row("b", "pending")])
        #expect(try journal.alerts(of: "prod").count == 1)
    }

    @Test func `what one monitor is at another leaves alone, until the lease ends`() throws {
        let journal = try SQLiteJournal.inMemory()
        try journal.changeAlerts(of: "lab", at: 0) { _ in Self.change([], ["page", "page"]) }
        let claimed = try journal.claimDeliveries(of: "lab", at: 10, lease: 300)
        #expect(claimed.count == 2)
        #expect(try journal.claimDeliveries(of: "lab", at: 11, lease: 300).isEmpty)
        try journal.endDelivery(claimed[0].id)
        try journal.returnDelivery(claimed[1].id, wasTried: true)
        let again = try journal.claimDeliveries(of: "lab", at: 12, lease: 300)
        #expect(again.map(\.id) == [claimed[1].id] && again[0].attempts == 1 && again[0].created == 0)
        #expect(try journal.claimDeliveries(of: "lab", at: 400, lease: 300).count == 1, "its courier died")
        #expect(try journal.claimDeliveries(of: "lab", at: 5, lease: 300).count == 1, "the clock was set back")
    }

    @Test func `of two monitors only one fires`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.url.appendingPathComponent("state/journal.sqlite").path
        _ = try SQLiteJournal(path: path)
        let fired = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        DispatchQueue.global().async {
                            let flag = Flag()
                            try? SQLiteJournal(path: path).changeAlerts(of: "lab", at: 1) { rows in
                                flag.isSet = rows.isEmpty
                                return Self.change([Self.row("a")])
                            }
                            continuation.resume(returning: flag.isSet)
                        }
                    }
                }
            }
            var count = 0
            for await isFirst in group where isFirst { count += 1 }
            return count
        }
        #expect(fired == 1)
    }

    private final class Flag: @unchecked Sendable { var isSet = false }
}
