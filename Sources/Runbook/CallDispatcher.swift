// SPDX-License-Identifier: Apache-2.0
internal import Hashing
internal import JSON
internal import LuaSource
internal import Model
internal import Wire

/// Answers the calls that a worker sends: decodes, checks the arguments, and hands over to the operation's handler.
struct CallDispatcher: Sendable {
    private let environment: RunEnvironment
    private let run: RunScope

    init(environment: RunEnvironment, run: RunScope) {
        self.environment = environment
        self.run = run
    }

    /// The JSON text that the call returns, or the failure that it raises.
    func answer(_ payload: [UInt8]) async -> Result<[UInt8], Failure> {
        do throws(Failure) {
            return .success(try await value(payload).encoded())
        } catch {
            return .failure(error)
        }
    }

    private func value(_ payload: [UInt8]) async throws(Failure) -> JSONValue {
        let frame = try decode(payload)
        switch frame.name {
        case "@require": return try await module(frame.arguments)
        case "@instrument": return try marked(frame.arguments)
        case "@module": return try ownModule(frame.arguments)
        case "@check":
            // An operation that is a Lua module: what it is given is checked here, what it does comes as calls of its own.
            guard let name = frame.arguments.first?.text else { throw .parameter("arguments", "cannot be read") }
            return try await perform(name, frame.location, Array(frame.arguments.dropFirst())) { _ in .null }
        case "@on_failure": return try await compensation(frame.arguments, frame.location)
        default:
            return try await perform(frame.name, frame.location, frame.arguments) { (call) throws(Failure) in
                guard let handler = OperationHandlers.named(call.operation.name) else {
                    throw .parameter("pve.\(call.operation.name)", "is made of other functions; the worker calls those")
                }
                return try await handler(call)
            }
        }
    }

    private func perform(
        _ called: String, _ place: String?, _ values: [PackedValue], _ body: OperationHandlers.Handler
    ) async throws(Failure) -> JSONValue {
        let (name, cluster) = Self.split(called)
        guard let operation = OperationTable.named(name) else {
            throw .parameter("pve.\(TextExcerpt.of(name))", "does not exist")
        }
        if let cluster { try run.clusters.check(cluster) }
        do throws(Failure) {
            let environment = try await environment(of: operation, on: cluster)
            let given = try run.unknowns?.known(values, for: operation, at: place) ?? (values: values, unknowns: [])
            try ClusterBoundary.check(given.values, for: operation, in: environment)
            let notes = CallNotes(unknowns: given.unknowns)
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
            throw error.calling(operation).on(cluster, unless: environment.clusterName)
        }
    }

    /// `vm_action@lab2` is the operation and the cluster that the script named; without `@` it is the run's own.
    private static func split(_ name: String) -> (operation: String, cluster: String?) {
        guard let mark = name.utf8.firstIndex(of: UInt8(ascii: "@")) else { return (name, nil) }
        return (String(name[..<mark]), String(name[name.index(after: mark)...]))
    }

    /// The world that a call goes to; what stays on this machine opens no cluster.
    private func environment(
        of operation: Operation, on cluster: String?
    ) async throws(Failure) -> RunEnvironment {
        guard let cluster, operation.reach != .local else { return environment }
        return try await run.clusters.environment(for: cluster)
    }

    private func decode(_ payload: [UInt8]) throws(Failure) -> (
        name: String, location: String?, arguments: [PackedValue]
    ) {
        let elements: [PackedValue]?
        do throws(WireError) {
            elements = try PackedValue(decoding: payload).elements
        } catch {
            throw .parameter("arguments", "cannot be read: \(error.description)")
        }
        guard let elements, let name = elements.first?.text else { throw .parameter("arguments", "cannot be read") }
        let location = elements.dropFirst().first?.text.map { String($0.prefix(160)) }
        return (name, location, Array(elements.dropFirst(2)))
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
        let module = try environment.modules.find(name)
        guard let source = String(validating: module.source, as: UTF8.self) else {
            throw .parameter("require", "module \"\(name)\" is not UTF-8")
        }
        try await oversee(module)
        return .object(
            JSONObject([("source", .string(marked(source, as: .statements))), ("name", .string(module.name))]))
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

extension Failure {
    /// The same failure, with a usage line as hint where an argument was wrong and nothing better is known.
    fileprivate func calling(_ operation: Operation) -> Failure {
        guard kind == .parameter, status == nil, !fields.isEmpty else { return self }
        var failure = self
        failure.message = "pve.\(operation.name): \(message)"
        failure.hint = hint ?? operation.usage
        return failure
    }

    /// The same failure, naming the cluster where it is not the run's own.
    fileprivate func on(_ cluster: String?, unless own: String) -> Failure {
        guard let cluster, cluster != own else { return self }
        var failure = self
        failure.cluster = failure.cluster ?? cluster
        return failure
    }
}
