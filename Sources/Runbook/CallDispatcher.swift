// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
internal import Journal
internal import LuaSource
internal import Model
internal import Proxmox
internal import Secrets
internal import Synchronization
internal import Wire

/// Answers the calls that a worker sends: decodes, checks the arguments, and hands over to the operation's handler.
struct CallDispatcher: Sendable {
    private let environment: RunEnvironment
    private let run: RunScope

    init(environment: RunEnvironment, run: RunScope) {
        self.environment = environment
        self.run = run
    }

    /// What the call is answered: the JSON text that it returns, the failure that it raises, or the end of the script.
    ///
    /// A call that the run was answered before is answered the same, and nothing is asked or done.
    func answer(_ call: NumberedCall, _ patience: CallPatience = CallPatience()) async -> CallAnswer {
        guard let id = call.id else { return await live(call, nil, patience).answer }
        let memory = await run.recall(id)
        if let memory, let answer = await answered(call, memory) { return answer }
        let (answer, isSecret) = await live(call, memory, patience)
        await record(answer, to: call, id, isSecret: isSecret, isSettled: patience.hasEnded)
        return answer
    }

    // What a call needs only now and then has a function of its own: the frames of a call that waits are kept by the thousand.
    private func record(
        _ answer: CallAnswer, to call: NumberedCall, _ id: CallID, isSecret: Bool, isSettled: Bool
    ) async {
        await run.record(
            CallRecord(
                id: id, name: call.name, place: call.place, answer: answer.recorded(isSecret),
                answered: environment.now()), isPassing: answer.isPassing, isSettled: isSettled)
    }

    /// What an earlier process of the run was answered, or nil where the call is to be carried out.
    private func answered(_ call: NumberedCall, _ memory: CallMemory) async -> CallAnswer? {
        switch memory.answer {
        case .value(let bytes)?:
            await restore(call, memory.steps, bytes)
            return .value(bytes)
        case .failure(let bytes)?:
            await restore(call, memory.steps, nil)
            let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
            guard let failure = json.flatMap({ Failure(json: $0) }) else {
                return .end(
                    Self.withheld(call, "was answered with an error that this pvelua cannot read"), undoes: false)
            }
            return .failure(failure)
        case .withheld?:
            return .end(Self.withheld(call, "was answered with a secret, which is not kept"), undoes: false)
        case nil: break
        }
        if memory.steps.contains(where: { $0.hasWithheldResult }) {
            return .end(
                Self.withheld(call, "was done, and its result may hold a secret, which is not kept"), undoes: false)
        }
        if let end = memory.end, memory.steps.allSatisfy({ $0.state == .notHappened }) {
            return .end(end, undoes: true)
        }
        return nil
    }

    private func live(
        _ call: NumberedCall, _ memory: CallMemory?, _ patience: CallPatience
    ) async -> (answer: CallAnswer, isSecret: Bool) {
        environment.secrets.learn(from: call)
        let notes = Mutex<CallNotes?>(nil)
        do throws(Failure) {
            let value = try await value(call, memory, patience) { made in notes.withLock { $0 = made } }
            var search = SecretSearch()
            let isSecret = notes.withLock { $0?.isSecret } == true || search.finds(in: value)
            return (.value(value.encoded()), isSecret)
        } catch {
            var search = SecretSearch()
            let isSecret = notes.withLock { $0?.isSecret } == true || search.finds(in: error.json)
            return (.failure(error), isSecret)
        }
    }

    private func value(
        _ call: NumberedCall, _ memory: CallMemory?, _ patience: CallPatience,
        _ noted: @escaping @Sendable (CallNotes) -> Void
    ) async throws(Failure) -> JSONValue {
        if let trouble = call.trouble { throw trouble }
        if call.name.utf8.first == UInt8(ascii: "@") { return try await inner(call) }
        let maker = CallNotesMaker(id: call.id, memory: memory, patience: patience, noted: noted)
        return try await perform(call.name, call.place, call.arguments, maker) { (operation) throws(Failure) in
            guard let handler = OperationHandlers.named(operation.operation.name) else {
                throw .parameter(
                    "pve.\(operation.operation.name)", "is made of other functions; the worker calls those")
            }
            if let memory, let outcome = try await goneOn(operation, memory) { return outcome }
            return try await handler(operation)
        }
    }

    /// What a step of an earlier process came to; nil where there is none or the operation sees to that itself.
    private func goneOn(_ operation: OperationCall, _ memory: CallMemory) async throws(Failure) -> JSONValue? {
        guard let step = memory.steps.last, !operation.operation.isResumedByStep else { return nil }
        let recorded = RecordedStep(step: step, environment: operation.environment, run: operation.gate.run)
        guard let outcome = try await recorded.outcome(waits: operation.waits, timeout: operation.timeout) else {
            return nil
        }
        if let planned = step.intent.planned { operation.gate.run.notes.planned(planned) }
        await reached(memory.steps)
        return .object(outcome)
    }

    /// A call of what is around the script, not of the script.
    private func inner(_ call: NumberedCall) async throws(Failure) -> JSONValue {
        switch call.name {
        case "@require": return try await module(call.arguments)
        case "@instrument": return try marked(call.arguments)
        case "@module": return try ownModule(call.arguments)
        case "@check":
            // An operation that is a Lua module: what it is given is checked here, what it does comes as calls of its own.
            guard let name = call.arguments.first?.text else { throw .parameter("arguments", "cannot be read") }
            return try await perform(name, call.place, Array(call.arguments.dropFirst()), CallNotesMaker()) { _ in .null
            }
        case "@test":
            guard let desk = environment.rehearsal, let verb = call.arguments.first?.text else {
                throw .parameter("@test", "is for test files")
            }
            let values = call.arguments.dropFirst().map { ScriptValue($0).json }
            return try await desk.answer(verb, values, at: call.place)
        case "@on_failure": return try await compensation(call.arguments, call.place)
        case "@deadline": return try await BlockTime(call.arguments).wait(by: environment.clock)
        case "@timed_out": throw try BlockTime(call.arguments).isOver
        default: return try await perform(call.name, call.place, call.arguments, CallNotesMaker()) { _ in .null }
        }
    }

    /// What the host itself must know of a call that it only answers again.
    private func restore(_ call: NumberedCall, _ steps: [StepRecord], _ answer: [UInt8]?) async {
        let home = call.cluster ?? environment.clusterName
        await reached(steps)
        for step in steps where step.state == .accepted {
            if let upid = step.upid.flatMap({ UPID($0) }) {
                await run.adopt(step, ClusterTask(cluster: home, upid: upid))
            }
        }
        guard let answer, call.operation == "config" || !steps.isEmpty,
            let json = try? JSONValue(parsing: String(decoding: answer, as: UTF8.self))
        else { return }
        if call.operation == "config", let digest = json["digest"]?.perlText,
            let config = json["config"]?.object ?? json.object
        {
            await run.remember(config, digest: digest)
        }
        if case .applying(let follower) = environment.oversight, let number = steps.last?.intent.planned {
            await follower.finish(number, json)
        }
        if OperationTable.named(call.operation)?.isResumedByStep == true, json["verified"] != .bool(true),
            let vmid = json["vmid"]?.perlInteger.flatMap({ VMID($0) })
        {
            _ = await run.take(vmid, on: home)
        }
    }

    private func reached(_ steps: [StepRecord]) async {
        guard case .applying(let follower) = environment.oversight else { return }
        for step in steps where step.state != .notHappened { await follower.resume(step) }
    }

    private static func withheld(_ call: NumberedCall, _ what: String) -> Failure {
        Failure(
            .unsupported, "the run cannot go on: pve.\(TextExcerpt.of(call.operation)) \(what)",
            hint: "see what was done (pvelua runs show) and start anew")
    }

    private func perform(
        _ called: String, _ place: String?, _ values: [PackedValue], _ maker: CallNotesMaker,
        _ body: OperationHandlers.Handler
    ) async throws(Failure) -> JSONValue {
        let (name, cluster) = NumberedCall.split(called)
        guard let operation = OperationTable.named(name) else {
            throw .parameter("pve.\(TextExcerpt.of(name))", "does not exist")
        }
        if let cluster { try run.clusters.check(cluster) }
        do throws(Failure) {
            let environment = try await environment(of: operation, on: cluster)
            let given = try run.unknowns?.known(values, for: operation, at: place) ?? (values: values, unknowns: [])
            try ClusterBoundary.check(given.values, for: operation, in: environment)
            let notes = maker.notes(unknowns: given.unknowns)
            let answer = try await body(
                OperationCall(
                    operation: operation, arguments: try ArgumentChecker.check(given.values, for: operation),
                    environment: environment,
                    gate: Gate(
                        environment: environment, run: ClusterScope(run: run, environment: environment, notes: notes),
                        origin: CallOrigin(operation: operation.name, place: place))))
            if case .applying(let follower) = environment.oversight, let number = notes.planned {
                await follower.finish(number, answer)
            }
            let marked = ClusterBoundary.marked(answer, by: operation, in: environment)
            return run.unknowns?.marked(
                marked, of: operation, given: given.values, planned: notes.planned, at: place) ?? marked
        } catch {
            let failure = await explained(error, values, operation, on: cluster)
            throw failure.calling(operation).on(cluster, unless: environment.clusterName)
        }
    }

    /// The failure with what the cluster knows about it, where a look helps.
    private func explained(
        _ failure: Failure, _ values: [PackedValue], _ operation: Operation, on cluster: String?
    ) async -> Failure {
        guard failure.kind == .locked || failure.kind == .notFound,
            let world = try? await environment(of: operation, on: cluster)
        else { return failure }
        let guest = zip(operation.parameters, values).first { if case .guest = $0.0.type { true } else { false } }?.1
        return await FailureLookup(client: world.client, now: world.now).explained(
            failure, vmid: guest.flatMap { ($0["vmid"] ?? $0).wholeNumber })
    }

    /// The world that a call goes to; what stays on this machine opens no cluster.
    private func environment(
        of operation: Operation, on cluster: String?
    ) async throws(Failure) -> RunEnvironment {
        guard let cluster, operation.reach != .local else { return environment }
        return try await run.clusters.environment(for: cluster)
    }

    /// A number that `pve.on_failure` was given, or with false behind it one that was taken back.
    private func compensation(_ arguments: [PackedValue], _ location: String?) async throws(Failure) -> JSONValue {
        guard let number = arguments.first?.wholeNumber, (1...Int(Int32.max)).contains(number) else {
            throw .parameter("compensation", "must be a number that is not used")
        }
        if arguments.dropFirst().first == .bool(false) {
            await run.dropCompensation(number)
        } else {
            try await run.addCompensation(number, at: location)
        }
        return .null
    }

    private func module(_ arguments: [PackedValue]) async throws(Failure) -> JSONValue {
        guard let name = arguments.first?.text else { throw .parameter("require", "must be a module name") }
        let module = try await found(name)
        guard let source = String(validating: module.source, as: UTF8.self) else {
            throw .parameter("require", "module \"\(name)\" is not UTF-8")
        }
        try await oversee(module)
        return .object(
            JSONObject([("source", .string(marked(source, as: .statements))), ("name", .string(module.name))]))
    }

    /// The module as the run has loaded it before, or as it is now, which then is kept.
    private func found(_ name: String) async throws(Failure) -> (source: [UInt8], name: String) {
        let own = "@" + name.replacing(".", with: "/") + ".lua"
        if let source = await run.recordedModule(own) { return (source, own) }
        let module = try environment.modules.find(name)
        // Those that pvelua ships are part of pvelua.
        if !module.name.hasPrefix("@pvelua/") {
            await run.record(module: ModuleRecord(name: module.name, source: module.source))
        }
        return module
    }

    /// Binds a module that lies beside the runbook to the plan; those that pvelua ships are part of pvelua.
    private func oversee(_ module: (source: [UInt8], name: String)) async throws(Failure) {
        guard module.name.hasPrefix("@"), !module.name.hasPrefix("@pvelua/") else { return }
        let name = String(module.name.dropFirst())
        switch environment.oversight {
        case .none: return
        case .planning(let recorder): await recorder.load(module: name, sha256: ContentHash.sha256(module.source))
        case .applying(let follower):
            try await follower.load(module: name, sha256: ContentHash.sha256(module.source))
        }
    }

    /// The text of a module that is an operation; no file beside the runbook can take its place.
    private func ownModule(_ arguments: [PackedValue]) throws(Failure) -> JSONValue {
        guard let name = arguments.first?.text, let source = ModuleFinder.shipped(name),
            let text = String(validating: source, as: UTF8.self)
        else { throw .parameter("module", "does not exist") }
        return .string(marked(text, as: .statements))
    }

    /// A text that a script wants to load.
    private func marked(_ arguments: [PackedValue]) throws(Failure) -> JSONValue {
        guard case .string(let bytes)? = arguments.first, let text = String(validating: bytes, as: UTF8.self) else {
            throw .parameter("load", "takes only UTF-8 text while a plan is made")
        }
        return .string(marked(text, as: .statements))
    }

    private func marked(_ text: String, as form: LuaInstrumenter.Form) -> String {
        run.unknowns.map { String(decoding: $0.marked(Array(text.utf8), as: form), as: UTF8.self) } ?? text
    }
}
