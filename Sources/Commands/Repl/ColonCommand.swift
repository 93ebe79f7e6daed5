// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text

/// A line that begins with a colon: what `:help` says of it, what completes it and what it does.
struct ColonCommand: Sendable {
    /// Its name, without the colon.
    var name: String
    /// How it is written, behind the name.
    var usage = ""
    /// What it does, in a few words.
    var summary: String
    /// What may stand behind it.
    var takes: Argument = .nothing
    /// Shorter names.
    var aliases: [String] = []
    /// Does it.
    var act: @Sendable (Repl, String) async throws(Failure) -> Void

    /// What a command takes.
    enum Argument: Sendable {
        case nothing, function, cluster, file, code
        case words([String])
    }

    /// All of them, in the order of `:help`.
    static let all: [ColonCommand] = [
        ColonCommand(
            name: "help", usage: "[NAME]", summary: "what there is, or how one function is called", takes: .function,
            aliases: ["h", "?"]
        ) { (repl, name) throws(Failure) in repl.help(name) },
        ColonCommand(
            name: "explain", usage: "CALL", summary: "what policy would say; nothing is sent", takes: .code
        ) { (repl, code) async throws(Failure) in try await repl.explain(code) },
        ColonCommand(
            name: "plan", usage: "[on|off]", summary: "plan changes on a twin; alone: what is planned",
            takes: .words(["on", "off"])
        ) { (repl, word) async throws(Failure) in try await repl.plan(word) },
        ColonCommand(name: "apply", summary: "ask once, then make the planned changes") {
            (repl, _) async throws(Failure) in try await repl.apply()
        },
        ColonCommand(name: "cluster", usage: "[NAME]", summary: "go to another cluster", takes: .cluster) {
            (repl, name) async throws(Failure) in try await repl.turn(to: name)
        },
        ColonCommand(name: "vars", summary: "what the session has defined") {
            (repl, _) async throws(Failure) in await repl.showVariables()
        },
        ColonCommand(name: "all", summary: "the last result, every row of it") {
            (repl, _) throws(Failure) in repl.showAll()
        },
        ColonCommand(
            name: "format", usage: "text|json", summary: "how results are shown; :json for short",
            takes: .words(["text", "json"])
        ) { (repl, word) throws(Failure) in try repl.setFormat(word) },
        ColonCommand(name: "json", summary: "show results as JSON, or as text again") {
            (repl, _) throws(Failure) in repl.toggleJSON()
        },
        ColonCommand(
            name: "time", usage: "on|off", summary: "say how long each input took", takes: .words(["on", "off"])
        ) { (repl, word) throws(Failure) in try repl.setTime(word) },
        ColonCommand(name: "history", summary: "the inputs of this session") {
            (repl, _) throws(Failure) in repl.showHistory()
        },
        ColonCommand(
            name: "save", usage: "FILE", summary: "the inputs that succeeded, as a runbook (:save! replaces)",
            takes: .file
        ) { (repl, file) async throws(Failure) in try await repl.save(file, replaces: false) },
        ColonCommand(name: "load", usage: "FILE", summary: "run a file here; its globals stay", takes: .file) {
            (repl, file) async throws(Failure) in try await repl.load(file)
        },
        ColonCommand(name: "reset", summary: "begin anew: variables go, history stays") {
            (repl, _) async throws(Failure) in try await repl.reset()
        },
        ColonCommand(name: "quit", summary: "end; so does Ctrl-D", aliases: ["q", "exit"]) {
            (repl, _) throws(Failure) in repl.isEnding = true
        },
    ]

    /// The one of that name.
    static func named(_ name: String) -> ColonCommand? {
        let name = name.hasSuffix("!") ? String(name.dropLast()) : name
        return all.first { $0.name == name || $0.aliases.contains(name) }
    }

    /// The rows of `:help`.
    static var overview: String {
        let heads = all.map { ":\($0.name)" + ($0.usage.isEmpty ? "" : " " + $0.usage) }
        let width = heads.map(\.count).max() ?? 0
        return zip(heads, all).map { head, command in
            "  \(head)\(String(repeating: " ", count: width - head.count))  \(command.summary)\n"
        }.joined()
    }

    /// The failure for a name that is none.
    static func unknown(_ name: String) -> Failure {
        let hint =
            (all.map(\.name).first { name.count > 1 && $0.hasPrefix(name) }
            ?? Spelling.nearest(to: name, among: all.map(\.name))).map { "did you mean :\($0)?" }
        return Failure(.usage, "there is no :\(TextCleaner.clean(name))", hint: hint ?? ":help lists what there is")
    }
}
