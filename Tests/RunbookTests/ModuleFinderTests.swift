// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Runbook

struct ModuleFinderTests {
    @Test func findsAFileBesideTheRunbook() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("lib"), withIntermediateDirectories: true)
        _ = try folder.write("lib/tools.lua", "return 7")
        let found = try ModuleFinder(folder: folder.url.path).find("lib.tools")
        #expect(String(decoding: found.source, as: UTF8.self) == "return 7")
        #expect(found.name == "@lib/tools.lua")
    }

    @Test(arguments: [
        "", ".", "..", "a..b", "../x", "/etc/passwd", "a/b", "a\u{0}", "1a", "a-b", String(repeating: "a", count: 65),
    ])
    func refusesWhatIsNoModuleName(name: String) throws {
        let failure = try #require(throws: Failure.self) { try ModuleFinder(folder: "/").find(name) }
        #expect(failure.kind == .parameter)
    }

    @Test func followsNoSymbolicLinkOutOfTheFolder() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let outside = try TemporaryFolder()
        defer { outside.remove() }
        _ = try outside.write("secret.lua", "return 1")
        let manager = FileManager.default
        try manager.createSymbolicLink(
            at: folder.url.appendingPathComponent("secret.lua"),
            withDestinationURL: outside.url.appendingPathComponent("secret.lua"))
        try manager.createSymbolicLink(at: folder.url.appendingPathComponent("lib"), withDestinationURL: outside.url)
        for name in ["secret", "lib.secret"] {
            #expect(throws: Failure.self) { try ModuleFinder(folder: folder.url.path).find(name) }
        }
    }

    @Test(arguments: ["prelude", "objects", "clock"])
    func theWorkersOwnFilesAreNoModules(name: String) {
        #expect(throws: Failure.self) { try ModuleFinder(folder: nil).find(name) }
    }

    @Test func readsRegularFilesOnly() throws {
        for path in ["/dev/zero", "/tmp"] {
            let failure = try #require(throws: Failure.self) { try FileReader.read(path: path, maximum: 10) }
            #expect(failure.kind == .usage)
        }
    }
}
