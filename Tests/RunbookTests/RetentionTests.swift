// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Testing

@testable import Simulator

/// `pve.retention` against the rules of PVE::Storage's `prune_mark_backup_group`.
struct RetentionModuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var keep: String
        var times: [String]
        var kept: [String]
        var testDescription: String { "\(keep): \(times.count) things" }
    }

    /// Seconds since 1970 of `2026-11-21 01:00`, by the clock of UTC.
    private static func seconds(_ text: String) -> Int {
        let format = DateFormatter()
        format.timeZone = TimeZone(identifier: "UTC")
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd HH:mm"
        return Int(format.date(from: text)?.timeIntervalSince1970 ?? 0)
    }

    static let cases: [Case] = [
        Case(
            keep: "last = 2", times: ["2026-01-01 01:00", "2026-01-01 02:00", "2026-01-01 03:00"],
            kept: ["03:00 last 1 of 2", "02:00 last 2 of 2"]),
        Case(keep: "last = 5", times: ["2026-01-01 01:00"], kept: ["01:00 last 1 of 5"]),
        // The newest of an hour stands for it.
        Case(
            keep: "hourly = 2", times: ["2026-01-01 01:10", "2026-01-01 02:10", "2026-01-01 02:50"],
            kept: ["02:50 hourly 1 of 2", "01:10 hourly 2 of 2"]),
        // A day ends at midnight of UTC.
        Case(keep: "daily = 1", times: ["2026-01-01 23:59", "2026-01-02 00:01"], kept: ["00:01 daily 1 of 1"]),
        Case(
            keep: "daily = 2", times: ["2026-01-01 23:59", "2026-01-02 00:01"],
            kept: ["00:01 daily 1 of 2", "23:59 daily 2 of 2"]),
        // A week begins on a Monday: 2026-01-04 was a Sunday.
        Case(
            keep: "weekly = 2", times: ["2026-01-03 12:00", "2026-01-04 13:00", "2026-01-05 14:00"],
            kept: ["14:00 weekly 1 of 2", "13:00 weekly 2 of 2"]),
        // The first days of a year may belong to the last week of the year before.
        Case(keep: "weekly = 3", times: ["2025-12-29 10:00", "2026-01-01 11:00"], kept: ["11:00 weekly 1 of 3"]),
        Case(
            keep: "monthly = 2", times: ["2025-12-31 23:00", "2026-01-01 01:00", "2026-01-31 02:00"],
            kept: ["02:00 monthly 1 of 2", "23:00 monthly 2 of 2"]),
        Case(keep: "yearly = 1", times: ["2025-12-31 23:00", "2026-01-01 01:00"], kept: ["01:00 yearly 1 of 1"]),
        // What an earlier unit keeps takes no place of a later one, and stands for its period.
        Case(
            keep: "last = 1, daily = 1", times: ["2026-01-01 05:00", "2026-01-02 06:00", "2026-01-02 07:00"],
            kept: ["07:00 last 1 of 1", "05:00 daily 1 of 1"]),
        // What a unit passes over within a period is gone for later units too.
        Case(
            keep: "hourly = 1, yearly = 3", times: ["2026-01-02 07:10", "2026-01-02 07:50"],
            kept: ["07:50 hourly 1 of 1"]),
        Case(keep: "last = 0, daily = 3", times: [], kept: []),
    ]

    @Test(arguments: cases)
    func keepsWhatProxmoxKeeps(_ row: Case) async throws {
        let bench = try Bench()
        let list = row.times.map { "{ time = \(Self.seconds($0)), label = '\($0.suffix(5))' }" }.joined(separator: ", ")
        let code = """
            local r = pve.retention({ \(list) }, { \(row.keep) })
            for _, k in ipairs(r.kept) do print(k.item.label .. ' ' .. k.reason) end
            assert(#r.kept + #r.removed == \(row.times.count))
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text.split(separator: "\n").map(String.init) == row.kept)
    }

    /// Two implementations by two hands: the simulator's of what the server does, and this.
    @Test func agreesWithTheSimulatedServer() async throws {
        let bench = try Bench()
        var seed: UInt64 = 42
        func random(_ below: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % below
        }
        var code = ""
        var expected: [String] = []
        for _ in 0..<60 {
            let units = ["last", "hourly", "daily", "weekly", "monthly", "yearly"].filter { _ in random(2) == 0 }
            let counts = units.isEmpty ? [("last", 1)] : units.map { ($0, 1 + random(4)) }
            let span = [7_200, 200_000, 3_000_000, 90_000_000][random(4)]
            let times = Array(Set((0..<(1 + random(25))).map { _ in 1_700_000_000 + random(span) })).sorted()
            let rule = counts.map { "keep-\($0.0)=\($0.1)" }.joined(separator: ",")
            let keeps = try #require(Retention(rule)).keeps(times.map(Double.init))
            expected.append(zip(times, keeps).filter(\.1).map { String($0.0) }.joined(separator: " "))
            let list = times.map { "{ time = \($0) }" }.joined(separator: ",")
            let keep = counts.map { "\($0.0) = \($0.1)" }.joined(separator: ",")
            code += "show(pve.retention({ \(list) }, { \(keep) }))\n"
        }
        let show = """
            local function show(r)
              local t = {}
              for _, k in ipairs(r.kept) do t[#t + 1] = k.item.time end
              table.sort(t)
              print(table.concat(t, ' '))
            end

            """
        #expect(try await bench.failure(of: show + code) == nil)
        let lines = bench.output.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.map(String.init) == expected)
    }

    @Test(arguments: [
        ("{ { time = 1 } }, {}", "nothing at all"), ("{ { time = 1 } }, { last = 0, daily = 0 }", "nothing at all"),
        ("{ { name = 'x' } }, { last = 1 }", "list[1] has no time"), ("{ { time = 1 } }, { last = -1 }", "keep.last"),
        ("{ { time = 1 } }, { fortnightly = 1 }", "is not an option"), ("{ 5 }, { last = 1 }", "list[1] has no time"),
    ])
    func refusesWhatMakesNoSense(arguments: String, words: String) async throws {
        let failure = try #require(try await Bench().failure(of: "pve.retention(\(arguments))"))
        #expect(failure.kind == .parameter)
        #expect(failure.message.contains(words), "\(failure.message)")
    }

    @Test func protectedThingsStayAndTakeNoPlace() async throws {
        let bench = try Bench()
        let code = """
            local r = pve.retention({ { time = 1 }, { time = 2, protected = true }, { time = 3 } }, { last = 1 })
            for _, k in ipairs(r.kept) do print(k.item.time, k.reason) end
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "3\tlast 1 of 1\n2\tprotected\n")
    }
}
