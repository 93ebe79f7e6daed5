// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Terminal

@Suite(.serialized) struct LineEditorTests {
    private let environment = ["TERM": "vt100"]

    /// One line read on a terminal, with what the person types once the prompt is there.
    private func read(
        _ keys: String, _ terminal: PseudoTerminal, history: String? = nil, thenShows shown: String? = nil
    ) async -> LineEditor.Line {
        let environment = environment
        async let line = onThread {
            let editor = LineEditor(
                input: terminal.slave, output: terminal.slave, environment: environment, history: history
            ) { line, cursor in
                line.hasPrefix("pve.") && cursor == line.utf8.count ? ["pve.snapshot", "pve.snap", "other"] : ["hello"]
            }
            let line = editor.read(prompt: "lua> ")
            if case .text(let text) = line { editor.remember(text) }
            return line
        }
        #expect(await onThread { terminal.waits(for: "lua> ") })
        terminal.type(keys)
        if let shown { #expect(await onThread { terminal.waits(for: shown) }) }
        return await line
    }

    @Test func readsAndEditsALine() async throws {
        let terminal = try PseudoTerminal()
        #expect(await read("print(1)\r", terminal) == .text("print(1)"))
        #expect(await read("bü\u{7f}a\u{1}x\r", terminal) == .text("xba"))
        #expect(await read("\r", terminal) == .text(""))
    }

    @Test func controlCDropsTheLineAndControlDEnds() async throws {
        let terminal = try PseudoTerminal()
        #expect(await read("half a li\u{3}", terminal) == .interrupted)
        #expect(await read("\u{4}", terminal) == .end)
        #expect(terminal.attributes.c_lflag & tcflag_t(ISIG | ICANON | ECHO) == tcflag_t(ISIG | ICANON | ECHO))
    }

    @Test func completesWithTab() async throws {
        let terminal = try PseudoTerminal()
        #expect(await read("hel\t\r", terminal) == .text("hello"))
        #expect(await read("pve.s\t(1)\r", terminal) == .text("pve.snap(1)"))
        #expect(await read("pve.snap\tshot\r", terminal, thenShows: "pve.snap  pve.snapshot") == .text("pve.snapshot"))
    }

    @Test func remembersLinesInAPrivateFile() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.url.appendingPathComponent("history").path
        let terminal = try PseudoTerminal()
        #expect(await read("first ü\r", terminal, history: file) == .text("first ü"))
        #expect(await read(" secret\r", terminal, history: file) == .text(" secret"))
        #expect(await read("\u{10}\r", terminal, history: file) == .text("first ü"), "Ctrl-P recalls it")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func followsNoLinkToAHistory() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let target = try folder.write("target", "keep")
        let link = folder.url.appendingPathComponent("history")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
        #expect(await read("x\r", try PseudoTerminal(), history: link.path) == .text("x"))
        #expect(try String(contentsOf: target, encoding: .utf8) == "keep")
    }

    @Test(arguments: [
        ("a\nb\n", ["a", "b"]), ("a\n\nlast", ["a", "", "last"]), ("", []),
    ])
    func readsPlainlyWhereThereIsNoTerminal(_ content: String, _ expected: [String]) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let input = open(try folder.write("in", content).path, O_RDONLY)
        let output = open(folder.url.appendingPathComponent("out").path, O_WRONLY | O_CREAT, 0o600)
        defer {
            close(input)
            close(output)
        }
        let editor = LineEditor(input: input, output: output, environment: environment)
        #expect(!editor.isInteractive)
        for line in expected { #expect(editor.read(prompt: "> ") == .text(line)) }
        #expect(editor.read(prompt: "> ") == .end)
        #expect(editor.read(prompt: "> ") == .end)
        let shown = try String(contentsOf: folder.url.appendingPathComponent("out"), encoding: .utf8)
        #expect(shown == "", "a prompt would spoil the output of a script")
    }

    @Test func readsPlainlyOnADumbTerminal() async throws {
        let terminal = try PseudoTerminal()
        async let line = onThread {
            LineEditor(input: terminal.slave, output: terminal.slave, environment: ["TERM": "dumb"]).read(
                prompt: "lua> ")
        }
        #expect(await onThread { terminal.waits(for: "lua> ") })
        terminal.type("x\n")
        #expect(await line == .text("x"))
    }

    @Test(arguments: [
        ("pve.li", ["pve.list_vms"], CompletionStep.insert("st_vms")),
        ("x = pve.", ["pve.a1", "pve.a2"], .insert("a")), ("pve.a", ["pve.a1", "pve.a2"], .list("pve.a1  pve.a2")),
        ("pve.a", ["pve.a"], .nothing), ("zz", ["pve.a"], .nothing), ("", ["b", "a"], .list("a  b")),
        ("", [], .nothing),
        ("f(vm:st", ["vm:start", "vm:stop"], .list("vm:start  vm:stop")), ("f(vm:sta", ["vm:start"], .insert("rt")),
    ])
    func decidesWhatTabDoes(_ before: String, _ candidates: [String], _ expected: CompletionStep) {
        #expect(CompletionStep(before: before, candidates: candidates) == expected)
    }
}
