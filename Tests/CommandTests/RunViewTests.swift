// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Terminal
import Testing

@testable import Commands

/// Runs as people and programs read them, from journals that are made up.
struct RunViewTests {
    private static let hostile = "a\u{1b}[2Jb\u{202e}c\nd\u{200b}e"

    /// A journal with one run of every kind of change.
    private static func journal(_ text: String = "web-1") throws -> SQLiteJournal {
        let journal = try SQLiteJournal.inMemory(now: { 2000 })
        var origin = RunOrigin(source: Array("pve.x()".utf8), chunk: "@" + text)
        origin.path = "/home/alice/" + text
        origin.parameters = [.init("tag", text), .init("password", nil)]
        try journal.beginRun(
            RunRecord(
                id: "1m82zsct9c3nmrgrqr4ysp", cluster: text, script: "@" + text, scriptSHA256: "ab12", caller: .agent,
                started: 1000, account: text, origin: origin))
        for (offset, state) in StepState.allCases.enumerated() {
            // A guest has one open step at most.
            let vmid = 101 + offset
            var intent = StepIntent(
                actions: ["guest.stop", "guest.force"], method: "POST", path: "/nodes/pve1/qemu/\(vmid)/status/stop",
                parameters: ["reason": .string(text)], vmid: vmid, node: "pve1", identity: ["name": .string(text)],
                cluster: "other")
            intent.place = text + ":7"
            intent.evidence = ["call": ["user": .string(text)]]
            let step = try journal.recordIntent(run: "1m82zsct9c3nmrgrqr4ysp", intent, at: 1001)
            if state == .intent { continue }
            try journal.recordSent(run: "1m82zsct9c3nmrgrqr4ysp", step: step, at: 1002)
            if state == .sent { continue }
            try journal.recordAccepted(run: "1m82zsct9c3nmrgrqr4ysp", step: step, upid: "UPID:" + text, at: 1003)
            if state == .accepted { continue }
            var failure = Failure(.taskFailed, "it did not work: " + text, hint: text, raw: text)
            failure.log = [text, "the last line"]
            try journal.recordOutcome(
                run: "1m82zsct9c3nmrgrqr4ysp", step: step, state, outcome: failure.json, at: 1010)
        }
        return journal
    }

    private static func detail(_ text: String = "web-1", isLeft: Bool = true) async throws -> RunDetail {
        let journal = try journal(text)
        if isLeft { try journal.releaseRun("1m82zsct9c3nmrgrqr4ysp") }
        return try await RunDetail.read("1m82zsct9c3nmrgrqr4ysp", from: journal)
    }

    private static func text(_ detail: RunDetail, _ width: Int?, style: Style = Style(isEnabled: false)) -> String {
        RunView(detail: detail, now: 2000, style: style, width: width).text()
    }

    @Test(arguments: [20, 40, 80, 200, nil] as [Int?])
    func hostileTextSteersNoTerminal(width: Int?) async throws {
        let detail = try await Self.detail(Self.hostile)
        let list = RunListTable(runs: [detail.summary], now: 2000, style: Style(isEnabled: false), width: width).text()
        for text in [Self.text(detail, width), list] {
            #expect(!text.unicodeScalars.contains { ["\u{1b}", "\u{202e}", "\u{200b}"].contains($0) })
        }
        #expect(list.count { $0 == "\n" } == 2)
        #expect(Self.text(detail, width).contains("\\x1b"))
    }

    @Test(arguments: [40, 80, 200])
    func linesFitTheWindow(width: Int) async throws {
        let detail = try await Self.detail(String(repeating: "long name ", count: 12))
        let list = RunListTable(runs: [detail.summary], now: 2000, style: Style(isEnabled: false), width: width).text()
        for line in (Self.text(detail, width) + list).split(separator: "\n") where !line.contains("UPID:") {
            #expect(String(line).displayWidth <= width, "\(line)")
        }
    }

    @Test func nothingOfAStepIsLostInANarrowWindow() async throws {
        let text = Self.text(try await Self.detail(), 50)
        for word in [
            "pve1", "line 7", "began 00:16:41", "UPID:web-1", "| the last line", "guest 101 web-1 @other",
        ] {
            #expect(text.contains(word), "\(word) is missing in\n\(text)")
        }
    }

    @Test func statesAreWordsThatAPersonCanActOn() async throws {
        let left = Self.text(try await Self.detail(), nil)
        for word in ["open", "done", "warnings", "failed", "not sent", "in doubt"] {
            #expect(left.contains("  \(word)  "), "\(word) is missing in\n\(left)")
        }
        #expect(left.contains("in doubt, 2 of 8 changes done, 1 failed, 1 not sent, 4 open"), "\(left)")
        #expect(left.contains("pvelua runs resolve 1m82zsct9c 8 --happened UPID, or --did-not-happen"), "\(left)")
        #expect(left.contains("password=(secret, not kept)"))
        #expect(left.contains("? it was sent at 1970-01-01T00:16:42Z, no answer is on record"))
        #expect(left.contains("its task is one of web-1"))
        let live = Self.text(try await Self.detail(isLeft: false), nil)
        for word in ["running, 2 of 8", "  begins    ", "  sending   ", "  goes on   ", "runs cancel 1m82zsct9c"] {
            #expect(live.contains(word), "\(word) is missing in\n\(live)")
        }
    }

    @Test func colourIsOnlyAddedToTheSameText() async throws {
        let detail = try await Self.detail()
        let plain = Self.text(detail, 80)
        let coloured = Self.text(detail, 80, style: Style(isEnabled: true))
        #expect(!plain.contains("\u{1b}"))
        #expect(coloured.contains("\u{1b}[31m"))
        #expect(coloured.replacing(/\u{1b}\[\d+m/, with: "") == plain)
    }

    @Test func theJSONHasEverything() async throws {
        let json = try await Self.detail().json(now: 2000)
        #expect(json["state"] == "in_doubt")
        #expect(json["parameters"] == ["tag": "web-1", "password": nil])
        let steps = try #require(json["steps"]?.array)
        #expect(steps.map { $0["state"]?.string } == StepState.allCases.map(\.rawValue))
        #expect(steps[0]["evidence"] == ["call": ["user": "web-1"]])
        #expect(steps[3]["evidence"] == nil)
        #expect(steps[5]["outcome"]?["log"] == ["web-1", "the last line"])
        #expect(json["changes"] == ["done": 2, "failed": 1, "open": 4, "in_doubt": 1, "not_happened": 1])
    }
}
