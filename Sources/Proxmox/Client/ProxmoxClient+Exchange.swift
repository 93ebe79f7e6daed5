// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ProxmoxClient {
    /// Sends a request to one host, once, and reads the answer.
    func exchange(
        _ call: APICall, _ request: HTTPRequest, _ host: ProxmoxHost
    ) async throws(FailedExchange) -> APIAnswer {
        let response = try await response(to: call, request, host)
        let envelope = Envelope(response)
        if var answer = envelope.answer {
            answer.time = response.headers.last { $0.name.lowercased() == "date" }.flatMap { HTTPTime.seconds($0.value) }
            return answer
        }
        if (200...299).contains(response.status) { throw Self.garbled(call, envelope) }
        var failed = FailedExchange(ErrorClassifier.classify(envelope.refusal(of: call)))
        failed.mayPass = Self.mayPass(response.status) && failed.failure.kind != .tls
        throw failed
    }

    /// Sends a request to one host, once, and logs what came of it.
    func response(
        to call: APICall, _ request: HTTPRequest, _ host: ProxmoxHost
    ) async throws(FailedExchange) -> HTTPResponse {
        let start = clock.now()
        do {
            let response = try await host.transport.send(request)
            log.answered(call, host, response.status, clock.now() - start)
            return response
        } catch {
            log.failed(call, host, error, clock.now() - start)
            throw host.explained(FailedExchange(error, call, host: host.name))
        }
    }

    /// Whether a proxy, in front or between the nodes, gave this answer, so that another try may find it gone.
    static func mayPass(_ status: Int) -> Bool { [502, 503, 504, 595, 596, 597, 598, 599].contains(status) }

    /// A good status without a readable answer.
    ///
    /// For a write that says nothing about what was done.
    private static func garbled(_ call: APICall, _ envelope: Envelope) -> FailedExchange {
        var failure = Failure(.server, "the server's answer is not what the Proxmox API sends")
        if !call.method.isRead {
            failure = Failure(
                .outcomeUnknown, "the request may have been carried out: the answer makes no sense",
                hint: "look at the tasks and the guest before doing it again")
        }
        failure.status = envelope.response.status
        failure.raw = envelope.excerpt
        return FailedExchange(failure)
    }
}
