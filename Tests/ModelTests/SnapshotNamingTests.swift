// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Model

struct SnapshotNamingTests {
    /// 2026-11-22 12:34:56 UTC.
    private let moment = 1_795_350_896

    @Test(arguments: [
        ("aiagent-snap-{number:04d}", "aiagent-snap-0007"), ("s{number}", "s7"),
        ("d-{date}-{time}", "d-20261122-123456"),
        ("v{vmid}-{name}", "v101-web-1"),
    ])
    func fillsInThePlaceholders(template: String, expected: String) throws {
        let naming = try SnapshotNaming(template: template, firstNumber: 1)
        let vmid = try #require(VMID(101))
        #expect(try naming.name(number: 7, vmid: vmid, guestName: "web.1", seconds: moment).rawValue == expected)
    }

    @Test(arguments: [
        "a{", "a{nmber}", "a{number:4d}", "a{number:0d}", "a{number:099d}", "", "{number}", "1a", "a b", "a/b",
        "{vmid}-x",
    ])
    func refusesATemplateItCannotFill(template: String) {
        #expect(throws: SnapshotNaming.Problem.self) { try SnapshotNaming(template: template) }
    }

    @Test func refusesANameThatProxmoxWouldRefuse() throws {
        let naming = try SnapshotNaming(template: "{name}{number:09d}")
        let vmid = try #require(VMID(101))
        let failure = try #require(throws: Failure.self) {
            try naming.name(number: 7, vmid: vmid, guestName: "7-" + String(repeating: "x", count: 50), seconds: moment)
        }
        #expect(failure.kind == .config)
    }

    @Test(arguments: [
        (0, "19700101", "000000"), (951_782_400, "20000229", "000000"), (4_102_444_799, "20991231", "235959"),
    ])
    func knowsTheCalendar(seconds: Int, date: String, time: String) {
        #expect(CivilTime(seconds: seconds).date == date)
        #expect(CivilTime(seconds: seconds).time == time)
    }
}
