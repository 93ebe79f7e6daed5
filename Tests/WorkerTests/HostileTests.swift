// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing
import Wire

@Suite struct HostileTests {
    static let scripts: [String] = {
        let folder = Places.repository.appendingPathComponent("Tests/WorkerTests/Hostile")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".lua") }.sorted()
    }()

    @Test func thereAreScripts() { #expect(Self.scripts.count > 100) }

    /// Each script ends as its first line says, and the session works afterwards.
    ///
    /// That line holds `limit` and which ones may end it, `error` and a part of the message, or `returns true`.
    @Test(arguments: scripts)
    func endsAsItsFirstLineSays(_ name: String) async throws {
        let file = Places.repository.appendingPathComponent("Tests/WorkerTests/Hostile/\(name)")
        let source = try String(contentsOf: file, encoding: .utf8)
        let words = try #require(source.split(separator: "\n").first).dropFirst("-- expect: ".count)
        let expectation = words.split(separator: " ", maxSplits: 1).map(String.init)
        let what = expectation.count > 1 ? expectation[1] : ""
        let memory: Int64 = what.contains("memory") ? 8 << 20 : 48 << 20
        let session = try await TestSession([.init("memory", .integer(memory))])
        let outcome = try await session.run(source, name: "@hostile.lua")
        switch expectation.first {
        case "limit":
            let allowed = what.split(separator: " ").map(String.init)
            #expect(allowed.contains(outcome.limit ?? "error"), "\(String(describing: outcome.error))")
            #expect(outcome.values == nil)
        case "error":
            #expect(outcome.message?.contains(what) == true || what.isEmpty && outcome.error != nil)
        case "returns": #expect(outcome.values == [.bool(true)], "\(String(describing: outcome.error))")
        default: Issue.record("no expectation in \(name)")
        }
        #expect(try await session.run("return 1 + 1").values == [.integer(2)])
    }
}
