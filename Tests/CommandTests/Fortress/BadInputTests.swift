// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Testing

/// Files that are no runbooks, parameters that are none and modules that are not to be had, given to the real binary.
struct BadInputTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private var folder: URL { runner.home.url }

    private func run(_ path: String, _ more: String...) async throws -> ProcessResult {
        try await runner.pvelua(["--cluster", "demo"] + more + ["run", path])
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    @Test(
        arguments: [
            ("bytecode", Array("\u{1B}Lua".utf8) + [0x54, 0, 0x19, 0x93]),
            ("elf", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0]),
            ("latin1", Array("caf".utf8) + [0xe9] + Array(" = 1".utf8)),
            ("zeros", [UInt8](repeating: 0, count: 4096)),
        ] as [(String, [UInt8])])
    func aFileThatIsNoTextIsRefusedWithoutACrash(name: String, bytes: [UInt8]) async throws {
        let result = try await run(try write("\(name).lua", bytes))
        #expect(result.status == 1 || result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("\(name).lua"), "\(result.errors)")
        #expect(!result.errors.contains("worker is gone"), "\(result.errors)")
        #expect(result.output == "")
    }

    @Test func anEmptyFileDoesNothing() async throws {
        let result = try await run(try write("empty.lua", []))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "")
    }

    @Test(
        arguments: [
            [0xEF, 0xBB, 0xBF] + Array("print('marked')\n".utf8),
            Array("#!/usr/bin/env pvelua\nprint('marked')\n".utf8),
            [0xEF, 0xBB, 0xBF] + Array("#!/usr/bin/env pvelua\nprint('marked')\n".utf8),
            Array("print('marked')\r\n-- a line of another system\r\n".utf8),
        ] as [[UInt8]])
    func aMarkOrAnInterpreterLineIsAccepted(_ bytes: [UInt8]) async throws {
        let result = try await run(try write("marked.lua", bytes))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "marked\n")
    }

    @Test func anInterpreterLineKeepsTheNumbersOfLines() async throws {
        let result = try await run(try write("numbered.lua", Array("#!/usr/bin/env pvelua\n\nerror('here')\n".utf8)))
        #expect(result.errors.contains("numbered.lua:3"), "\(result.errors)")
    }

    @Test func aHundredMegabytesAreRefusedAtOnce() async throws {
        let path = try write("large.lua", [])
        #expect(truncate(path, 100 << 20) == 0)
        let result = try await run(path)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("larger than"), "\(result.errors)")
    }

    @Test func aFolderAPipeAndAMissingFileAreToldOf() async throws {
        let pipe = folder.appendingPathComponent("pipe.lua").path
        #expect(mkfifo(pipe, 0o600) == 0)
        for (path, words) in [
            (folder.path, "regular file"), (pipe, "regular file"), (folder.path + "/none.lua", "No such file"),
            ("/dev/zero", "regular file"), (folder.path + "/" + String(repeating: "x", count: 300), "too long"),
        ] {
            let result = try await run(path)
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test(.enabled(if: getuid() != 0, "root reads everything"))
    func aFileThatNobodyMayReadIsToldOf() async throws {
        let path = try write("secret.lua", Array("print(1)".utf8))
        #expect(chmod(path, 0) == 0)
        let result = try await run(path)
        #expect(result.status == 2)
        #expect(result.errors.contains("Permission denied"), "\(result.errors)")
    }

    @Test(arguments: ["novalue", "=x", ""])
    func aParameterOfAnotherShapeIsRefused(_ text: String) async throws {
        let result = try await runner.lua("return 1", "--param", text)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.output == "")
    }

    @Test(arguments: [
        ("a=b=c", "b=c"), ("a=", ""), ("a=\u{202e}x", "\u{202e}x"), ("a=line\nline", "line\nline"),
    ])
    func aParameterIsTakenAsItIs(text: String, value: String) async throws {
        let result = try await runner.lua(
            "return pve.params.a == '\(value.replacingOccurrences(of: "\n", with: "\\n"))'", "--param", text)
        #expect(result.output == "true\n", "\(result.errors)")
    }

    @Test func twoValuesOfOneParameterAreRefused() async throws {
        let result = try await runner.lua("return 1", "--param", "a=1", "--param", "a=2")
        #expect(result.status == 2)
        #expect(result.errors.contains("given twice"), "\(result.errors)")
    }

    @Test func modulesThatAskForEachOtherAreToldOf() async throws {
        _ = try write("a.lua", Array("return require 'b'".utf8))
        _ = try write("b.lua", Array("return require 'a'".utf8))
        let result = try await run(try write("loop.lua", Array("require 'a'".utf8)))
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("requires itself"), "\(result.errors)")
    }

    @Test func aModuleOutsideTheFolderIsNotFound() async throws {
        _ = try write("outside/secret.lua", Array("return 'leaked'".utf8))
        _ = try write("inside/runbook.lua", [])
        let link = folder.appendingPathComponent("inside/link.lua").path
        #expect(symlink(folder.path + "/outside/secret.lua", link) == 0)
        #expect(symlink(folder.path + "/outside", folder.path + "/inside/linked") == 0)
        #expect(mkdir(folder.path + "/inside/folder.lua", 0o700) == 0)
        #expect(mkfifo(folder.path + "/inside/pipe.lua", 0o600) == 0)
        for name in [
            "../outside/secret", "..outside.secret", "\(folder.path)/outside/secret", "link", "linked.secret", "folder",
            "pipe", "", "outside\\0", "inside/x",
        ] {
            let code = "local ok, m = pcall(require, '\(name)') print(ok, m)"
            let path = try write("inside/runbook.lua", Array(code.utf8))
            let result = try await run(path)
            #expect(result.output.hasPrefix("false"), "\(name): \(result.output)\(result.errors)")
            #expect(!result.output.contains("leaked"))
        }
    }

    @Test func aModuleThatIsTooLargeOrNoTextIsRefused() async throws {
        _ = try write("large.lua", [UInt8](repeating: 0x20, count: 2 << 20))
        _ = try write("binary.lua", Array("\u{1B}Lua".utf8) + [0x54, 0])
        for name in ["large", "binary"] {
            let result = try await run(try write("runbook.lua", Array("require '\(name)' print('went on')".utf8)))
            #expect(result.status != 0, "\(result.errors)")
            #expect(result.output == "")
            #expect(result.errors.contains("\(name)"), "\(result.errors)")
        }
    }
}
