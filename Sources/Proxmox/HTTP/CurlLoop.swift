// SPDX-License-Identifier: Apache-2.0
internal import CCurl

/// What the transport's thread does: start requests, drive libcurl, hand out results, sleep.
final class CurlLoop {
    private let engine: CurlEngine
    private var waiting = RequestQueue<CurlJob>()
    private var running: [UnsafeMutableRawPointer: CurlExchange] = [:]
    private let book: ConnectionBook

    /// libcurl's own set-up; made once a process, by the first request.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ engine: CurlEngine) {
        self.engine = engine
        book = ConnectionBook(engine.settings)
    }

    /// Serves requests until the engine is closed.
    func run() {
        let pins = engine.settings.trust.pins
        let isPinsOnly = if case .pins = engine.settings.trust { true } else { false }
        let trust = pins.flatMap(\.bytes).withUnsafeBufferPointer { bytes in
            cc_trust_new(bytes.baseAddress, pins.count, isPinsOnly)
        }
        defer { cc_trust_free(trust) }
        guard Self.isReady, let trust, let multi = curl_multi_init() else {
            refuse(engine.retire(), "libcurl could not be set up")
            return
        }
        // Declared after the judge's release, so it runs before it: connections must not outlive their judge.
        defer { curl_multi_cleanup(multi) }
        // As many are kept as may be open. For a new one libcurl closes the one that has been idle longest.
        cc_multi_set_long(multi, CURLMOPT_MAXCONNECTS, engine.settings.maximumConnections)
        cc_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, engine.settings.maximumConnections)
        cc_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        serve(multi, trust)
        let rest = engine.retire()
        for exchange in running.values { end(exchange, multi, .failure(exchange.abandoned)) }
        refuse(waiting.remove { _ in true } + rest, "the transport was closed", .cancelled)
    }

    private func serve(_ multi: UnsafeMutableRawPointer, _ trust: OpaquePointer) {
        while true {
            let commands = engine.take(opened: multi)
            for job in commands.jobs { waiting.append(job, in: job.request.lane) }
            if commands.isClosed { return }
            if !commands.cancelled.isEmpty { give(up: commands.cancelled, multi) }
            start(multi, trust)
            var count: Int32 = 0
            guard curl_multi_perform(multi, &count) == CURLM_OK else { return }
            if collect(multi, trust) { continue }
            guard curl_multi_poll(multi, nil, 0, endStalled(multi), nil) == CURLM_OK else { return }
        }
    }

    /// Ends what comes too slowly; returns for how many milliseconds nothing else can stall.
    private func endStalled(_ multi: UnsafeMutableRawPointer) -> Int32 {
        let now = book.clock.now()
        var next = Duration.seconds(60)
        for exchange in running.values {
            guard let deadline = exchange.stallDeadline else { continue }
            if deadline <= now {
                end(exchange, multi, .failure(exchange.stalled))
                next = .zero
            } else {
                next = min(next, deadline - now)
            }
        }
        return next == .zero ? 0 : Int32(clamping: next.boundedMilliseconds + 1)
    }

    private func start(_ multi: UnsafeMutableRawPointer, _ trust: OpaquePointer) {
        while running.count < engine.settings.maximumConnections, let job = waiting.popFirst() {
            guard
                let exchange = CurlExchange(
                    job, endpoint: engine.endpoint, settings: engine.settings, trust: trust, book: book),
                curl_multi_add_handle(multi, exchange.easy) == CURLM_OK
            else {
                refuse([job], "libcurl does not take the request")
                continue
            }
            running[exchange.easy] = exchange
        }
    }

    /// Hands out what has ended; says whether that made room for waiting requests.
    private func collect(_ multi: UnsafeMutableRawPointer, _ trust: OpaquePointer) -> Bool {
        var ended: [(CurlExchange, CURLcode)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let exchange = running[message.pointee.easy_handle] else {
                continue
            }
            ended.append((exchange, cc_message_result(message)))
        }
        for (exchange, code) in ended { end(exchange, multi, exchange.outcome(code, trust: trust)) }
        return !ended.isEmpty && !waiting.isEmpty
    }

    private func give(up cancelled: Set<UInt64>, _ multi: UnsafeMutableRawPointer) {
        refuse(waiting.remove { cancelled.contains($0.id) }, "the caller gave up", .cancelled)
        for exchange in running.values where cancelled.contains(exchange.job.id) {
            end(exchange, multi, .failure(exchange.abandoned))
        }
    }

    private func end(
        _ exchange: CurlExchange, _ multi: UnsafeMutableRawPointer, _ result: Result<HTTPResponse, TransportFailure>
    ) {
        curl_multi_remove_handle(multi, exchange.easy)
        running[exchange.easy] = nil
        exchange.leave()
        exchange.job.continuation.resume(returning: result)
    }

    private func refuse(_ jobs: [CurlJob], _ words: String, _ cause: TransportFailure.Cause = .connect) {
        let failure = TransportFailure(cause, mayHaveBeenSent: false, words)
        for job in jobs { job.continuation.resume(returning: .failure(failure)) }
    }
}

/// What the exchanges of one transport share, on its thread: the time, and the count of requests of each connection.
final class ConnectionBook {
    let clock = SystemClock()
    private let limit: Int
    private var ledger: ConnectionLedger

    init(_ settings: CurlSettings) {
        limit = settings.requestsPerConnection
        ledger = ConnectionLedger(idleLimit: .seconds(settings.idleLimit))
    }

    /// Notes a request; says whether it is the last one that its connection may carry.
    func begin(on connection: String, isNew: Bool) -> Bool {
        ledger.begin(on: connection, isNew: isNew, now: clock.now()) >= limit
    }

    /// Notes the end of a request.
    func end(on connection: String) { ledger.end(on: connection, now: clock.now()) }
}
