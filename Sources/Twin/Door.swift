// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Simulator

/// What all hosts of a twin share: it takes the writes and lays them over the reads.
struct Door: Sendable {
    let hydration: Hydration
    /// Whose tasks the twin's are, as UPIDs write it.
    let owner: String
    let clock: TwinClock
    /// The time of the live cluster's client.
    let patience: any ClientClock
    let reads: ReadLog

    typealias Live = (HTTPRequest) async throws(TransportFailure) -> HTTPResponse

    /// Waits in real time before a read is tried again, as the twin's own time would not.
    func pause() async { try? await patience.sleep(for: .milliseconds(300)) }

    /// Takes a change.
    func write(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        guard let (segments, parameters) = SimulatedCluster.reading(request) else {
            throw TransportFailure(.garbled, mayHaveBeenSent: false, "the twin cannot read the request")
        }
        let change = PlannedChange(request.method, segments, parameters)
        guard change.isServed else {
            return .unplannable(
                "\(request.method.rawValue) \(change.path) cannot be planned: the twin does not know it")
        }
        let worlds: Worlds
        do throws(Failure) { worlds = try await hydration.worlds(for: change) } catch {
            return try .refusal(error)
        }
        reads.noteWrite()
        return await worlds.after.respond(to: request, trusting: owner)
    }

    /// Answers a read: the live answer with what the changes made so far would have made of it.
    func read(_ request: HTTPRequest, live: Live) async throws(TransportFailure) -> HTTPResponse {
        guard let worlds = await hydration.worlds, let (segments, parameters) = SimulatedCluster.reading(request) else {
            return try await live(request)
        }
        let overlay = Overlay(
            worlds: worlds, owner: owner, reads: reads, request: request, segments: segments, parameters: parameters)
        return try await overlay.answer(live)
    }
}

extension HTTPResponse {
    /// What the twin cannot tell.
    static func unplannable(_ text: String) -> HTTPResponse { message(501, text) }

    /// An answer that carries a message, as Proxmox sends it.
    static func message(_ status: Int, _ text: String, fields: [Failure.Field] = []) -> HTTPResponse {
        var object = JSONObject([("data", .null), ("message", .string(text + "\n"))])
        if !fields.isEmpty { object["errors"] = .object(JSONObject(fields.map { ($0.name, .string($0.text)) })) }
        let reason = String(text.prefix { $0 != "\n" })
        return HTTPResponse(status: status, reason: reason, body: JSONValue.object(object).encoded())
    }

    /// What a live read that the twin needed was refused with, as the answer to the change that needed it.
    ///
    /// - Throws: ``TransportFailure`` where the live cluster gave no answer.
    static func refusal(_ failure: Failure) throws(TransportFailure) -> HTTPResponse {
        if let status = failure.status {
            return message(status, failure.raw ?? failure.message, fields: failure.fields)
        }
        throw TransportFailure(
            failure.kind == .cancelled ? .cancelled : .timeout, mayHaveBeenSent: false,
            "the twin could not read the live cluster: \(failure.message)")
    }
}
