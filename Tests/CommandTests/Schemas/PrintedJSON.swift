// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// What one command prints with `--format json`, and the schema of each form of it.
struct PrintedJSON: Sendable, CustomTestStringConvertible {
    /// The words of the command; those of `-e` are none.
    let command: [String]
    /// Has the real binary print every form.
    let play: @Sendable (SchemaStage) async throws -> [Form]

    /// One form: the schema's name, and what was printed.
    struct Form {
        let schema: String
        let result: ProcessResult
        /// Whether each line is a document of its own.
        var isLines = false

        init(_ schema: String, _ result: ProcessResult, lines: Bool = false) {
            self.schema = schema
            self.result = result
            isLines = lines
        }

        /// The documents; at a terminal those lines that begin as one.
        func documents() throws -> [JSONValue] {
            guard isLines else { return [try JSONValue(parsing: result.output)] }
            return try result.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("{") }
                .map { try JSONValue(parsing: String($0)) }
        }
    }

    init(_ command: String..., play: @escaping @Sendable (SchemaStage) async throws -> [Form]) {
        self.command = command
        self.play = play
    }

    var testDescription: String { command.isEmpty ? "-e" : command.joined(separator: " ") }

    static let all = ofRuns + ofPlans + ofClusters + ofRules + ofTexts
}

/// A home of one's own for one command's play.
final class SchemaStage: Sendable {
    let runner: CommandLineRunner
    /// They run as long as the stage is there.
    private let servers = Mutex<[RunningServer]>([])

    init() throws { runner = try CommandLineRunner() }

    /// Runs pvelua on the demo cluster, for programs.
    func demo(_ arguments: String...) async throws -> ProcessResult {
        try await runner.pvelua(["--cluster", "demo", "--format", "json"] + arguments)
    }

    /// Runs pvelua for programs.
    func json(_ arguments: String..., environment: [String: String] = [:]) async throws -> ProcessResult {
        try await runner.pvelua(arguments + ["--format", "json"], environment: environment)
    }

    /// Runs pvelua for programs with a person at the terminal; what they read is among the output.
    func typing(_ steps: [[String]], _ arguments: String..., environment: [String: String] = [:]) async throws
        -> ProcessResult
    {
        try await runner.atTerminal(steps, arguments + ["--format", "json"], environment: environment)
    }

    /// Writes a file into the home and gives its path.
    func file(_ name: String, _ text: String) throws -> String { try runner.home.write(name, text).path }

    /// Starts a server and configures it as `lab`.
    @discardableResult
    func lab(_ more: String = "", scale: String = "0.02") async throws -> RunningServer {
        let server = keep(try await RunningServer("--time-scale", scale))
        try runner.configure(server, more: more)
        return server
    }

    /// Has a server run until the play is over.
    @discardableResult
    func keep(_ server: RunningServer) -> RunningServer {
        servers.withLock { $0.append(server) }
        return server
    }

    /// A name that a command printed.
    func member(_ name: String, of result: ProcessResult) throws -> String {
        guard let text = try JSONValue(parsing: result.output)[name]?.string else { throw Missing(name: name) }
        return text
    }

    struct Missing: Error { let name: String }
}
