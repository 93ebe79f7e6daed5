// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Runbook
internal import Terminal
internal import Text

/// What the commands do that look or set something.
extension Repl {
    func help(_ name: String) {
        let width = context.isTerminal.output ? windowWidth(1) : nil
        environment.output.write(Array(ReplHelp.text(name, width: width).utf8))
    }

    func showAll() { result().show(last) }

    func showVariables() async {
        await look()
        let rows = knowledge.variables.map { variable in
            [variable.name, variable.object?.rawValue ?? variable.type, variable.literal ?? Self.keys(variable)]
        }
        guard !rows.isEmpty else { return writeError("nothing is defined yet\n") }
        environment.output.table(RunTable(columns: ["name", "kind", "value"], rows: rows))
    }

    private static func keys(_ variable: ReplVariable) -> String {
        let keys = variable.keys.sorted().prefix(8).joined(separator: ", ")
        return variable.keys.count > 8 ? keys + ", …" : keys
    }

    func showHistory() {
        for (number, input) in inputs.enumerated().suffix(200) {
            let lines = input.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                let lead = index == 0 ? "\(number + 1)" : ""
                let gap = String(repeating: " ", count: max(4 - lead.count, 0))
                environment.output.write(Array("\(gap)\(lead)  \(line)\n".utf8))
            }
        }
    }

    func setFormat(_ word: String) throws(Failure) {
        guard let format = OutputFormat(rawValue: word) else {
            throw Failure(.usage, "\":format \(word)\" is none", hint: ":format text or :format json")
        }
        options.format = format
    }

    func toggleJSON() {
        options.format = options.format == .json ? .text : .json
        writeError("results are shown as \(options.format.rawValue == "json" ? "JSON" : "text") now\n")
    }

    func setTime(_ word: String) throws(Failure) {
        guard word.isEmpty || ["on", "off"].contains(word) else {
            throw Failure(.usage, "\":time \(word)\" is none", hint: ":time on or :time off")
        }
        tellsTime = word.isEmpty ? !tellsTime : word == "on"
    }

    /// Runs a file in this session.
    func load(_ path: String) async throws(Failure) {
        guard !path.isEmpty else { throw Failure(.usage, "which file?", hint: ":load FILE") }
        let source = try PlanSource(path: context.absolute(path))
        var chunk = source.chunk
        chunk.name = "@" + path
        var outcome = await evaluate(chunk)
        // No further line can complete a file.
        if case .incomplete(let failure) = outcome { outcome = .failed(failure) }
        report(outcome, chunk)
        var isGood = false
        if case .values = outcome { isGood = true }
        inputs.append((String(decoding: chunk.source, as: UTF8.self), isGood))
        await settle()
    }

    /// Begins anew on the same cluster.
    func reset() async throws(Failure) {
        if let rehearsal { await rehearsal.end() }
        rehearsal = nil
        let fresh = try await Self.start(environment, scope, context)
        await session.end()
        session = fresh
        (inputs, last) = ([], [])
        await settle()
        writeError("a new session on \(TextCleaner.clean(environment.clusterName))\n")
    }

    /// Goes to another cluster, with a session of its own.
    func turn(to name: String) async throws(Failure) {
        guard !name.isEmpty else {
            let names = environment.clusters.names.sorted().map { $0 == environment.clusterName ? $0 + " (here)" : $0 }
            return environment.output.write(Array((TextCleaner.clean(names.joined(separator: "  ")) + "\n").utf8))
        }
        guard environment.clusters.names.contains(name) else {
            let hint = Spelling.suggestion(for: name, among: environment.clusters.names)
            throw Failure(
                .usage, "there is no cluster \"\(TextCleaner.clean(name))\"", hint: hint ?? ":cluster lists them")
        }
        var options = options
        options.cluster = name
        var next = try Workplace(context: context, options: options).environment(moduleFolder: nil)
        next.settings.isInteractive = true
        let nextScope = RunScope(id: next.makeID(), environment: next, script: nil)
        let nextSession = try await Self.start(next, nextScope, context)
        await rehearsal?.end()
        await session.end()
        await scope.close(status: ExitStatus.done.rawValue)
        (self.options, environment, scope, session, rehearsal) = (options, next, nextScope, nextSession, nil)
        (inputs, last) = ([], [])
        knowledge.turn(to: next)
        await input.use(history: ReplHistory.file(name, in: workplace.locations))
        await settle()
        writeError("a new session: variables of the one before are gone\n")
        await greet()
    }
}
