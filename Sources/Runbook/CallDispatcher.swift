// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Wire

/// Answers the calls that a worker sends: decodes, checks the arguments, and hands over to the operation's handler.
struct CallDispatcher: Sendable {
    private let environment: RunEnvironment
    private let gate: Gate

    init(environment: RunEnvironment, run: RunScope) {
        self.environment = environment
        gate = Gate(environment: environment, run: run)
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
        let (name, arguments) = try decode(payload)
        if name == "@require" { return try module(arguments) }
        guard let operation = OperationTable.named(name), let handler = OperationHandlers.named(name) else {
            throw .parameter("pve.\(TextExcerpt.of(name))", "does not exist")
        }
        do throws(Failure) {
            let checked = try ArgumentChecker.check(arguments, for: operation)
            return try await handler(
                OperationCall(operation: operation, arguments: checked, environment: environment, gate: gate))
        } catch {
            throw error.calling(operation)
        }
    }

    private func decode(_ payload: [UInt8]) throws(Failure) -> (name: String, arguments: [PackedValue]) {
        let elements: [PackedValue]?
        do throws(WireError) {
            elements = try PackedValue(decoding: payload).elements
        } catch {
            throw .parameter("arguments", "cannot be read: \(error.description)")
        }
        guard let elements, let name = elements.first?.text else { throw .parameter("arguments", "cannot be read") }
        return (name, Array(elements.dropFirst(2)))
    }

    private func module(_ arguments: [PackedValue]) throws(Failure) -> JSONValue {
        guard let name = arguments.first?.text else { throw .parameter("require", "must be a module name") }
        let module = try environment.modules.find(name)
        guard let source = String(validating: module.source, as: UTF8.self) else {
            throw .parameter("require", "module \"\(name)\" is not UTF-8")
        }
        return .object(JSONObject([("source", .string(source)), ("name", .string(module.name))]))
    }
}

extension Failure {
    /// The same failure, with a usage line as hint where an argument was wrong and nothing better is known.
    fileprivate func calling(_ operation: Operation) -> Failure {
        guard kind == .parameter, status == nil else { return self }
        var failure = self
        failure.message = "pve.\(operation.name): \(message)"
        failure.hint = hint ?? operation.usage
        return failure
    }
}
