// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

struct NamedFunctionsTests {
    /// `pve.` and a name, in a hint, a message, a module or a page.
    private static func named(in text: String) -> Set<String> {
        let found = text.matches(of: /\bpve\.(?!lua\b)([a-z][a-z_]*)/)
        return Set(found.map { String($0.1).trimmingCharacters(in: ["_"]) })
    }

    @Test(arguments: ["Sources", "lua", "docs", "examples", "assets"])
    func `each function of pve that a text names is there`(_ folder: String) throws {
        let known = Set(OperationTable.all.map(\.name) + LanguageExtra.all.map(\.name) + ["api", "operation", "null"])
            // What a page about mistakes writes.
            .union(["lst_vms"])
        let root = Places.repository.appendingPathComponent(folder)
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where ["swift", "lua", "md", "c"].contains(file.pathExtension) {
            let text = try String(contentsOf: file, encoding: .utf8)
            count += 1
            for name in Self.named(in: text).subtracting(known) {
                Issue.record("\(file.path) names pve.\(name), which nobody has")
            }
        }
        #expect(count > 0)
    }
}
