// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// A transport that remembers the head of the last answer and how long it took, for those who look after a connection.
public final class ObservedTransport: Transport {
    /// What was seen of one exchange.
    public struct Sight: Sendable, Hashable {
        /// The status.
        public var status: Int
        /// The reason phrase.
        public var reason: String
        /// The `Date` field, in seconds since 1970.
        public var date: Int?
        /// From the request to the whole answer.
        public var duration: Duration
    }

    private let inner: any Transport
    private let clock: any ClientClock
    private let last = Mutex<Sight?>(nil)

    /// Wraps a transport.
    public init(_ inner: any Transport, clock: any ClientClock = SystemClock()) {
        self.inner = inner
        self.clock = clock
    }

    /// The last answer, or nil where there was none yet.
    public var sight: Sight? { last.withLock { $0 } }

    /// Sends one request and waits for the whole answer.
    ///
    /// - Throws: ``TransportFailure`` of the transport inside.
    public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        let start = clock.now()
        let response = try await inner.send(request)
        let date = response.headers.first { $0.name.lowercased() == "date" }.flatMap { HTTPTime.seconds($0.value) }
        let sight = Sight(
            status: response.status, reason: response.reason, date: date, duration: clock.now() - start)
        last.withLock { $0 = sight }
        return response
    }
}
