// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Runbook
internal import Text

extension CaseDesk {
    private static let options = ["params", "caller", "policy", "answers", "yes", "task_timeout"]

    /// Runs a runbook on the case's cluster, as `pvelua run` would.
    func run(_ arguments: [JSONValue]) async throws(Failure) -> JSONValue {
        guard let name = arguments.first?.string else { throw .parameter("sim.run", "takes the name of a runbook") }
        let options = arguments.dropFirst().first ?? .null
        for key in options.object?.keys ?? [] where !Self.options.contains(key) {
            throw .parameter(
                "sim.run", "has no option \"\(Excerpt.of(key))\"",
                hint: Spelling.suggestion(for: key, among: Self.options) ?? Self.options.joined(separator: ", "))
        }
        let path = try file.resolve(name, root: settings.root, endings: [".lua"], what: "sim.run")
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let chunk = Chunk(
            source: try FileReader.read(path: path, maximum: Chunk.maximumSize),
            name: "@" + path[path.index(after: slash)...])
        let output = KeptOutput(draw: settings.table)
        var environment = try environment(
            client: try stage.client(isRunbook: true), folder: String(path[..<slash]), output: output)
        environment.policy = try policy(options["policy"])
        environment.consent = StageConsent(stage: stage, answers: try StageConsent.checked(options["answers"] ?? .null))
        environment.settings.assumesYes = options["yes"] == .bool(true)
        environment.settings.parameters = try parameters(options["params"])
        if let seconds = options["task_timeout"]?.perlNumber {
            environment.settings.taskTimeout = .milliseconds(Int64(max(0, min(seconds, 1e9)) * 1000))
        }
        if let caller = options["caller"] {
            guard let known = caller.string.flatMap(Caller.init) else {
                throw .parameter("sim.run", "caller must be human, agent or ci")
            }
            environment.caller = known
        }
        do throws(Failure) {
            environment = try environment.governed(by: try RunbookHeader.read(chunk))
        } catch {
            // As in life, a runbook that is refused is not run at all.
            return Self.result(ScriptFailure(error), status: settings.status(error), output: output)
        }
        environment.coverage = settings.coverage?.sink(for: path)
        let scope = RunScope(id: stage.nextRun(), environment: environment, script: chunk)
        let session = try await RunbookSession.start(
            environment, worker: try WorkerProcess.launch(executable: settings.worker), run: scope)
        let mailbox = Mailbox()
        let begun = stage.now
        let work = Task { [stage, settings, environment] in
            let outcome = await session.evaluate(chunk)
            await session.end()
            let failure = outcome.failure
            let status = failure.map { settings.status($0.failure) } ?? 0
            await scope.close(status: status)
            var result = Self.result(failure, status: status, output: output).object ?? JSONObject()
            result["seconds"] = .number(stage.now - begun)
            result["changes"] = .array(await Self.changes(of: scope.id, in: environment))
            if case .values(let values) = outcome {
                result["values"] = .array(values.map(\.json))
                result["value"] = values.first?.json
            }
            mailbox.post(.finished(.success(.object(result))))
        }
        return try await pass(
            Passing(mailbox: mailbox) {
                await session.end()
                await work.value
            })
    }

    private static func result(_ failure: ScriptFailure?, status: Int32, output: KeptOutput) -> JSONValue {
        var result = JSONObject([
            ("status", JSONValue(Int(status))), ("output", .string(output.text)),
            ("log", .array(output.logged.map(JSONValue.string))), ("seconds", 0), ("changes", []), ("values", []),
        ])
        if let failure {
            var error = failure.failure.json.object ?? JSONObject()
            error["where"] = failure.location.map(JSONValue.string)
            result["error"] = .object(error)
            result["kind"] = .string(failure.failure.kind.rawValue)
        }
        return .object(result)
    }

    /// The world of a script on the case's cluster.
    func environment(
        client: ProxmoxClient, folder: String, output: any RunOutput
    ) throws(Failure) -> RunEnvironment {
        var run = RunSettings(version: settings.version)
        run.limits = settings.limits
        run.seed = 1
        let stage = stage
        return RunEnvironment(
            clusterName: "rehearsal", client: client, policy: try .rehearsal(),
            openJournal: { () throws(Failure) in try stage.journal() },
            consent: StageConsent(stage: stage, answers: .null), caller: .human, output: output,
            modules: ModuleFinder(folder: folder), clock: client.clock, now: { stage.now }, settings: run,
            makeID: { stage.nextRun() })
    }

    private static func changes(of run: String, in environment: RunEnvironment) async -> [JSONValue] {
        let steps: [StepRecord]
        do throws(Failure) { steps = try await environment.openJournal().steps(of: run) } catch { return [] }
        return steps.map { step in
            let actions = step.intent.actions.sorted()
            var row = JSONObject([
                ("action", .string(actions.first?.rawValue ?? "")),
                ("actions", .array(actions.map { .string($0.rawValue) })), ("state", .string(step.state.rawValue)),
                ("method", .string(step.intent.method)), ("path", .string(step.intent.path)),
                ("params", step.intent.parameters), ("intended", .number(step.intended)),
            ])
            if let vmid = step.intent.vmid { row["vmid"] = JSONValue(vmid) }
            if let node = step.intent.node { row["node"] = .string(node) }
            if let upid = step.upid { row["upid"] = .string(upid) }
            if let place = step.intent.place { row["where"] = .string(place) }
            return .object(row)
        }
    }

    private func parameters(_ json: JSONValue?) throws(Failure) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for (name, value) in json?.object?.members ?? [] {
            let text: String
            switch value {
            case .string(let written): text = written
            case .integer(let number): text = String(number)
            case .number(let number): text = "\(number)"
            case .bool(let flag): text = flag ? "true" : "false"
            default:
                throw .parameter(
                    "sim.run", "params.\(Excerpt.of(name)) must be text or a number, as --param gives it")
            }
            result.append((name, text))
        }
        return result
    }

    /// A policy by its file beside the test, its text, or its rules as a table.
    private func policy(_ json: JSONValue?) throws(Failure) -> PolicySet {
        switch json {
        case nil: return try .shipped()
        case .string("allow")?: return try .rehearsal()
        case .string(let text)? where text.contains("\n"): return try .load(yaml: text, file: "policy")
        case .string(let name)?:
            let path = try file.resolve(name, root: settings.root, endings: [".yaml", ".yml"], what: "policy")
            let text = String(decoding: try FileReader.read(path: path, maximum: 1 << 20), as: UTF8.self)
            return try .load(yaml: text, file: name)
        // What is JSON is YAML too.
        case .object(let rules)?: return try .load(yaml: JSONValue.object(rules).text, file: "policy")
        default: throw .parameter("sim.run", "policy must be a file, the text of one, a table, or \"allow\"")
        }
    }
}

extension PolicySet {
    /// What the test itself may do on its cluster: all.
    static func rehearsal() throws(Failure) -> PolicySet {
        try load(
            yaml: """
                version: 1
                rules:
                  - { id: rehearsal, actions: ["*"], effect: allow }
                """, file: "the policy of tests")
    }
}
