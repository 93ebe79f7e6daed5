// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox

/// A transport in memory: a closure answers, and every request is remembered.
final class ScriptedTransport: Transport {
    typealias Answer = Result<HTTPResponse, TransportFailure>
    private let requests = Lock<[HTTPRequest]>([])
    private let answer: @Sendable (HTTPRequest, Int) async -> Answer

    /// - Parameter answer: Told the request and how many came before it.
    init(_ answer: @escaping @Sendable (HTTPRequest, Int) async -> Answer) { self.answer = answer }

    /// Gives these answers in turn, the last one for ever.
    convenience init(_ answers: [Answer]) {
        self.init { _, number in
            answers.isEmpty ? .json("null") : answers[min(number, answers.count - 1)]
        }
    }

    var seen: [HTTPRequest] { requests.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        return try await answer(request, number).get()
    }
}

extension Result where Success == HTTPResponse, Failure == TransportFailure {
    /// An answer with these data.
    static func json(_ data: String, total: Int? = nil) -> Self {
        let rest = total.map { ",\"total\":\($0)" } ?? ""
        return .success(HTTPResponse(status: 200, reason: "OK", body: Array("{\"data\":\(data)\(rest)}".utf8)))
    }

    /// An answer with this status and reason and no body.
    static func status(_ status: Int, _ reason: String, body: String = "") -> Self {
        .success(HTTPResponse(status: status, reason: reason, body: Array(body.utf8)))
    }

    /// No answer.
    static func broken(_ cause: TransportFailure.Cause, sent: Bool) -> Self {
        .failure(TransportFailure(cause, mayHaveBeenSent: sent, "scripted \(cause.rawValue)"))
    }
}

/// A clock that jumps to where its sleepers want it.
final class VirtualClock: ClientClock {
    private let time = Lock(Duration.zero)
    private let naps = Lock<[Duration]>([])

    func now() -> Duration { time.withLock { $0 } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        naps.withLock { $0.append(duration) }
        let target = now() + duration
        await Task.yield()
        time.withLock { $0 = max($0, target) }
    }

    /// Lets time pass without a sleeper.
    func advance(_ duration: Duration) { time.withLock { $0 += duration } }

    var slept: [Duration] { naps.withLock { $0 } }
}

/// A credential of nobody.
struct NoCredential: Credential {
    func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader] { [] }
}

extension ProxmoxClient {
    /// A client on scripted hosts, in virtual time, without chance.
    static func scripted(_ transports: any Transport..., clock: any ClientClock = VirtualClock()) -> ProxmoxClient {
        ProxmoxClient(
            hosts: transports.enumerated().map { ProxmoxHost(name: "host\($0.offset + 1)", transport: $0.element) },
            credential: NoCredential(), settings: ClientSettings(jitter: { 0.5 }), clock: clock)
    }
}

/// What a body of work throws, or nil.
func failure<Value>(_ body: () async throws(Failure) -> Value) async -> Failure? {
    do throws(Failure) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
