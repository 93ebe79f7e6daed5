// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Configuration

struct SecretSourceTests {
    private let path = ["PATH": "/usr/bin:/bin"]

    private func resolve(_ source: SecretSource, _ environment: [String: String] = [:], home: String = "/") -> String {
        do {
            return String(decoding: try source.resolve(environment: environment, home: home), as: UTF8.self)
        } catch {
            return "\(error.kind.rawValue): \(error.message)"
        }
    }

    @Test(arguments: [
        ("s3cret\n", "s3cret"), ("s3cret", "s3cret"), ("s3cret\r\n", "s3cret"), (" s ", " s "),
    ])
    func readsAFile(_ content: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        _ = try folder.write("t", content)
        #expect(resolve(.file("~/t"), home: folder.url.path) == expected)
    }

    @Test(arguments: [
        ("", "is empty"), ("\n", "is empty"), ("a\nb\n", "must be one line"), ("a\u{0}b", "must be one line"),
    ])
    func refusesWhatIsNoSecret(_ content: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("t", content)
        #expect(resolve(.file(file.path)).hasPrefix("config: \(file.path): the secret \(expected)"))
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o644])
    func refusesAFileThatOthersCanRead(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("t", "hunter2", mode: mode)
        let failure = #expect(throws: Failure.self) {
            try SecretSource.file(file.path).resolve(environment: [:], home: "/")
        }
        #expect(failure?.kind == .config && failure?.hint == "chmod 600 \(file.path)")
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test func refusesWhatIsNoFile() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        #expect(resolve(.file(folder.url.path)).hasSuffix("is not a file"))
        #expect(resolve(.file(folder.url.path + "/none")).hasSuffix("there is no such file"))
        #expect(resolve(.file("/dev/zero")).hasSuffix("is not a file"))
        let file = try folder.write("big", String(repeating: "x", count: 9000))
        #expect(resolve(.file(file.path)).hasSuffix("larger than 8192 bytes"))
    }

    @Test func readsAVariable() {
        #expect(resolve(.environment("T"), ["T": "s3cret"]) == "s3cret")
        #expect(resolve(.environment("T"), [:]) == "config: the environment variable T is not set")
        #expect(resolve(.environment("T"), ["T": ""]) == "config: the environment variable T: the secret is empty")
    }

    @Test func runsACommandWithoutAShell() {
        #expect(resolve(.command(["printf", "%s\n", "$HOME;`id`"]), path) == "$HOME;`id`")
        #expect(resolve(.command(["sh", "-c", "printf %s \"$A\""]), path.merging(["A": "b"]) { $1 }) == "b")
        #expect(resolve(.command(["sh", "-c", "cat; echo x"]), path) == "x", "standard input is empty")
    }

    @Test(arguments: [
        (["sh", "-c", "echo s; exit 3"], "ended with status 3"), (["sh", "-c", "kill -9 $$"], "ended with status 137"),
        (["/nonexistent/program"], "cannot be started: No such file or directory"),
        (["sh", "-c", "yes"], "printed more than 8192 bytes"), (["true"], "the secret is empty"),
    ])
    func refusesACommandThatFails(_ words: [String], _ expected: String) {
        let text = resolve(.command(words), path)
        #expect(text.hasPrefix("config: the command \(words[0])"))
        #expect(text.hasSuffix(expected), "\(text)")
    }

    /// The limit is the test's own; a command that never ends would hang the test if the limit did not work.
    @Test(arguments: ["echo s; sleep 1000", "echo s; exec >&-; sleep 1000"])
    func endsACommandThatTakesTooLong(_ script: String) {
        let command = SecretCommand(words: ["sh", "-c", script], environment: path)
        #expect(throws: Failure(.config, "the command sh took too long")) {
            try command.output(most: 100, seconds: 0.05)
        }
    }

    @Test func aDescriptionHoldsNoArguments() {
        #expect("\(SecretSource.command(["pass", "hunter2"]))" == "the command pass")
    }
}
