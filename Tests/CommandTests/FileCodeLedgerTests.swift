// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Commands

struct FileCodeLedgerTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appendingPathComponent("totp/lab-alice@pve").path
    }

    @Test func noStepIsGivenTwiceWhoeverAsks() async throws {
        let path = path
        let steps = await withTaskGroup(of: Int64.self) { group in
            for _ in 0..<4 { group.addTask { FileCodeLedger(path: path).reserve(from: 1000) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(steps.sorted() == [1000, 1001, 1002, 1003])
        #expect(FileCodeLedger(path: path).reserve(from: 1010) == 1010)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: ["", "x", "-5", "99999999999999999999", "999", "2000"])
    func whatIsNoUsefulNumberIsIgnored(_ content: String) throws {
        _ = FileCodeLedger(path: path).reserve(from: 1)
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        #expect(FileCodeLedger(path: path).reserve(from: 1000) == 1000)
        #expect(FileCodeLedger(path: path).reserve(from: 1000) == 1001)
    }

    @Test func aPlaceThatCannotBeWrittenKeepsNobodyOut() {
        #expect(FileCodeLedger(path: "/proc/nowhere/x").reserve(from: 7) == 7)
    }
}
