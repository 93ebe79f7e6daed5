// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Simulator

struct TranscriptTests {
    /// One story's fate.
    private struct Verdict {
        var name: String
        var mark: String
        var why: String
    }

    private static func verdicts(_ folder: URL) async throws -> [Verdict] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
        let stories = Dictionary(Story.all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        var result: [Verdict] = []
        for file in files.sorted() {
            let name = String(file.dropLast(4))
            guard let story = stories[name] else {
                result.append(Verdict(name: name, mark: "not told", why: "no preconditions written yet"))
                continue
            }
            if let why = story.skipped {
                result.append(Verdict(name: name, mark: "not told", why: why))
                continue
            }
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            let complaint = await Replay(story: story, transcript: Transcript(text)).run()
            if let complaint { print("transcript \(name): \(complaint)") }
            let place = complaint.map { String($0.split(separator: ":", maxSplits: 1)[0]) } ?? ""
            result.append(
                Verdict(
                    name: name, mark: complaint == nil ? "passed" : "differs",
                    why: complaint == nil ? "" : "at request \(place)"))
        }
        return result
    }

    @Test func recordedStoriesAreToldAgainAsRealServersToldThem() async throws {
        guard let reference = Places.reference else {
            print("transcripts: skipped, shared/reference is absent")
            return
        }
        let verdicts = try await Self.verdicts(reference.appendingPathComponent("transcripts"))
        let passed = verdicts.filter { $0.mark == "passed" }.count
        let applicable = verdicts.filter { $0.mark != "not told" }.count
        print("transcripts: \(passed) passed of \(applicable) applicable (\(verdicts.count) stories)")
        for verdict in verdicts where verdict.mark == "differs" {
            #expect(Self.knownDifferences.contains(verdict.name), "\(verdict.name) differs \(verdict.why)")
        }
        let page = Self.page(verdicts)
        let file = Places.repository.appendingPathComponent("docs/conformance.md")
        if ProcessInfo.processInfo.environment["PVELUA_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(page.utf8).write(to: file)
        }
        #expect(
            try String(contentsOf: file, encoding: .utf8) == page, "run with PVELUA_RECORD=1 to write the page anew")
    }

    /// Stories that may differ for the time being; every other one must pass.
    private static let knownDifferences: Set<String> = []

    private static func page(_ verdicts: [Verdict]) -> String {
        let passed = verdicts.filter { $0.mark == "passed" }.count
        let applicable = verdicts.filter { $0.mark != "not told" }.count
        var lines = [
            "# How close the simulator is to real servers", "",
            "Written by `TranscriptTests`; run it with `PVELUA_RECORD=1` to write this page anew.", "",
            "Requests recorded on real servers (PVE 8.4.21) are sent to the simulator. Status, reason phrase, and the",
            "shape, types and error texts of the body must be the same; numbers, times and identifiers may differ.", "",
            "**\(passed) passed of \(applicable) applicable (\(verdicts.count) stories).**", "",
            "| story | | why |", "|---|---|---|",
        ]
        lines += verdicts.map { "| \($0.name) | \($0.mark) | \($0.why) |" }
        return lines.joined(separator: "\n") + "\n"
    }
}
