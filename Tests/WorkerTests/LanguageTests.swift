// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing
import Wire

/// Lua as the worker runs it is Lua: each file asserts what the manual says, in the worker and, where there is one, in `lua5.4`.
struct LanguageTests {
    static let folder = Places.repository.appendingPathComponent("Tests/WorkerTests/Language")

    static let files: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".lua") }.sorted()
    }()

    @Test func thereAreFiles() { #expect(Self.files.count >= 20) }

    @Test(arguments: files)
    func holdsInTheWorker(_ name: String) async throws {
        let source = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        let session = try await TestSession([.init("cpu_slice", .number(10)), .init("cpu_total", .number(20))])
        let outcome = try await session.run(source, name: "@\(name)")
        #expect(outcome.values == [.bool(true)], "\(String(describing: outcome.error))")
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/lua5.4"), "lua5.4 is not installed"),
        arguments: files)
    func holdsInStockLua(_ name: String) async throws {
        let path = Self.folder.appendingPathComponent(name).path
        let result = try await run(URL(fileURLWithPath: "/usr/bin/lua5.4"), [path], environment: [:])
        #expect(result.status == 0, "\(result.errors)")
    }
}
