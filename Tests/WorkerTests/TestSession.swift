// SPDX-License-Identifier: Apache-2.0
import Testing
import Wire

/// A call frame as the host reads it.
struct HostCall: Equatable {
    var name: String
    var location: String?
    var arguments: [PackedValue]
}

/// How the host answers a call: JSON text for a value or for an error.
enum HostAnswer {
    case value(String)
    case failure(String)
    /// Sends an interrupt and never an answer.
    case interrupt
}

/// What came of one chunk.
struct Outcome {
    var values: [PackedValue]?
    var error: PackedValue?
    var output = ""
    var calls: [HostCall] = []

    var message: String? { error?["message"]?.text }
    var limit: String? { error?["limit"]?.text }
}

/// A booted worker that runs chunks and answers their calls.
final class TestSession {
    let client: WorkerClient
    let ready: PackedValue
    private var lastRun: UInt32 = 100

    /// Starts and boots a worker; what a test does not say has small limits.
    init(_ changes: [PackedValue.Pair] = []) async throws {
        client = try WorkerClient()
        try client.send(Frame(.boot, payload: Self.boot(changes).encoded()))
        let frame = try #require(try await client.next())
        #expect(frame.kind == .ready)
        ready = try PackedValue(decoding: frame.payload)
    }

    static func boot(_ changes: [PackedValue.Pair] = []) -> PackedValue {
        var pairs: [PackedValue.Pair] = [
            .init("functions", ["list_vms", "vm_action", "echo", "fail", "api.get", "api.put", "now", "vm"]),
            .init("gives", ["vm": "guest"]),
            .init("methods", [["name": "start", "call": "vm_action", "before": ["@node", "@vmid", "start", .null]]]),
            .init("memory", .integer(48 << 20)), .init("output", .integer(20_000)),
            .init("cpu_slice", .number(0.2)), .init("cpu_total", .number(2)), .init("seed", .integer(7)),
        ]
        for change in changes {
            pairs.removeAll { $0.key == change.key }
            pairs.append(change)
        }
        return .map(pairs)
    }

    /// Runs one chunk to its end.
    func run(
        _ source: String, name: String = "@test.lua", params: PackedValue = [:], expression: Bool = false,
        answer: (HostCall) -> HostAnswer = { _ in .value("null") }
    ) async throws -> Outcome {
        try await run(Array(source.utf8), name: name, params: params, expression: expression, answer: answer)
    }

    /// Runs one chunk of bytes to its end.
    func run(
        _ source: [UInt8], name: String = "@test.lua", params: PackedValue = [:], expression: Bool = false,
        answer: (HostCall) -> HostAnswer = { _ in .value("null") }
    ) async throws -> Outcome {
        lastRun += 1
        let request: PackedValue = [
            "source": .string(source), "name": PackedValue(name), "params": params, "expression": .bool(expression),
        ]
        try client.send(Frame(.run, id: lastRun, payload: request.encoded()))
        var outcome = Outcome()
        var printed: [UInt8] = []
        while true {
            guard let frame = try await client.next() else {
                throw WorkerFailure(description: "the worker ended with \(client.end())")
            }
            switch frame.kind {
            case .output: printed += frame.payload
            case .call: try reply(to: frame, &outcome, answer)
            default:
                outcome.output = String(decoding: printed, as: UTF8.self)
                #expect(frame.id == lastRun)
                let value = try PackedValue(decoding: frame.payload)
                if frame.kind == .done { outcome.values = value.elements } else { outcome.error = value }
                return outcome
            }
        }
    }

    private func reply(to frame: Frame, _ outcome: inout Outcome, _ answer: (HostCall) -> HostAnswer) throws {
        let parts = try #require(try PackedValue(decoding: frame.payload).elements)
        let call = HostCall(
            name: try #require(parts.first?.text), location: parts.dropFirst().first?.text,
            arguments: Array(parts.dropFirst(2)))
        outcome.calls.append(call)
        switch answer(call) {
        case .value(let json): try client.send(Frame(.reply, id: frame.id, payload: Array(json.utf8)))
        case .failure(let json): try client.send(Frame(.fail, id: frame.id, payload: Array(json.utf8)))
        case .interrupt: try client.send(Frame(.interrupt))
        }
    }
}
