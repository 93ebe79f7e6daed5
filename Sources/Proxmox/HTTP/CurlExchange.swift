// SPDX-License-Identifier: Apache-2.0
internal import CCurl

/// One request on its way, with its libcurl handle; lives on the transport's thread only.
final class CurlExchange {
    let job: CurlJob
    let easy: UnsafeMutableRawPointer
    private var head: ResponseHead
    private var body: [UInt8] = []
    private let settings: CurlSettings
    private let book: ConnectionBook
    private var stall: StallWatch
    /// What was larger than its limit, in words.
    private var excess: String?
    /// The connection that carries the request, by its own end.
    private var connection: String?
    /// Set by libcurl before it writes the first byte of the request: until then nothing can have been sent.
    private var requestBegan = false
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let words: UnsafeMutablePointer<CChar>

    /// Prepares a handle, or returns nil where libcurl cannot.
    init?(
        _ job: CurlJob, endpoint: HTTPEndpoint, settings: CurlSettings, trust: OpaquePointer, book: ConnectionBook
    ) {
        guard let easy = curl_easy_init() else { return nil }
        self.job = job
        self.easy = easy
        self.settings = settings
        self.book = book
        head = ResponseHead(maximumSize: settings.maximumHead)
        stall = StallWatch(limit: settings.stallTimeout)
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure(endpoint: endpoint, settings: settings, trust: trust) else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        words.deallocate()
    }

    /// What became of the request, given libcurl's result.
    func outcome(_ code: CURLcode, trust: OpaquePointer) -> Result<HTTPResponse, TransportFailure> {
        if code == CURLE_OK {
            guard (100...999).contains(head.status) else {
                return .failure(TransportFailure(.garbled, mayHaveBeenSent: true, "the answer has no HTTP status"))
            }
            return .success(
                HTTPResponse(status: head.status, reason: head.reason, headers: head.headers, body: body))
        }
        if let excess { return .failure(TransportFailure(.tooLarge, mayHaveBeenSent: true, excess)) }
        if code == CURLE_PEER_FAILED_VERIFICATION, cc_pin_refused(easy) {
            return .failure(TransportFailure(.tls, mayHaveBeenSent: requestBegan, Self.pinMessage(trust)))
        }
        var text = String(cString: words)
        if text.isEmpty { text = String(cString: curl_easy_strerror(code)) }
        let cause = CurlVerdict.cause(of: code, words: text, requestBegan: requestBegan)
        if cause == .tooLarge { text = "a line of the answer's head is longer than is taken" }
        return .failure(TransportFailure(cause, mayHaveBeenSent: requestBegan, text))
    }

    /// The failure of a request that its caller gave up.
    var abandoned: TransportFailure {
        TransportFailure(.cancelled, mayHaveBeenSent: requestBegan, "the caller gave up")
    }

    /// The failure of a request whose answer comes too slowly.
    var stalled: TransportFailure {
        let limit = settings.stallTimeout.boundedMilliseconds
        return TransportFailure(
            .timeout, mayHaveBeenSent: requestBegan,
            "the answer stalled: less than \(StallWatch.chunk) bytes came in \(limit) ms")
    }

    /// When the answer will have stalled unless more of it comes; nil before its first byte.
    var stallDeadline: Duration? { stall.deadline }

    /// Notes that the connection is free, or gone.
    func leave() { if let connection { book.end(on: connection) } }

    private static func pinMessage(_ trust: OpaquePointer) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        digest.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { cc_refused_digest(trust, base) }
        }
        let seen = Fingerprint(bytes: digest).map(String.init(describing:)) ?? "?"
        return "the server's certificate \(seen) is not among the configured fingerprints"
    }

    private func configure(endpoint: HTTPEndpoint, settings: CurlSettings, trust: OpaquePointer) -> Bool {
        let request = job.request
        let context = Unmanaged.passUnretained(self).toOpaque()
        var isFine = true
        func need(_ code: CURLcode) { if code != CURLE_OK { isFine = false } }

        need(cc_set_pointer(easy, CURLOPT_ERRORBUFFER, words))
        let scheme = settings.usesTLS ? "https" : "http"
        need(cc_set_text(easy, CURLOPT_URL, "\(scheme)://\(endpoint)\(request.target)"))
        need(cc_set_text(easy, CURLOPT_PROTOCOLS_STR, scheme))
        need(cc_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1))
        need(cc_set_long(easy, CURLOPT_SSL_ENABLE_ALPN, 0))
        need(cc_set_long(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2))
        need(cc_set_long(easy, CURLOPT_FOLLOWLOCATION, 0))
        need(cc_set_long(easy, CURLOPT_PATH_AS_IS, 1))
        need(cc_set_long(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1))
        need(cc_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)))
        // An empty name switches proxies off, those named in the environment too.
        need(cc_set_text(easy, CURLOPT_PROXY, ""))
        need(cc_set_long(easy, CURLOPT_NOSIGNAL, 1))
        need(cc_set_long(easy, CURLOPT_TCP_NODELAY, 1))
        if settings.takesPacked { need(cc_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate")) }
        need(cc_set_text(easy, CURLOPT_USERAGENT, settings.userAgent))
        need(cc_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.boundedMilliseconds))
        need(cc_set_long(easy, CURLOPT_TIMEOUT_MS, request.timeout.boundedMilliseconds))
        // libcurl drops the fraction before it compares, and lets equal pass: with 3, what is younger than 4 s is reused.
        need(cc_set_long(easy, CURLOPT_MAXAGE_CONN, settings.idleLimit - 1))
        need(cc_set_trust(easy, trust))
        switch settings.trust {
        case .system: break
        case .authority(let file, _):
            need(cc_set_text(easy, CURLOPT_CAINFO, file))
            need(cc_set_text(easy, CURLOPT_CAPATH, nil))
        case .pins:
            need(cc_set_text(easy, CURLOPT_CAINFO, nil))
            need(cc_set_text(easy, CURLOPT_CAPATH, nil))
        }
        need(cc_set_body_function(easy, receiveBody, context))
        need(cc_set_header_function(easy, receiveHeader, context))
        need(cc_set_ready_function(easy, noteConnection, context))
        setMethod(request, need)
        setHeaders(request, need)
        return isFine
    }

    private func setMethod(_ request: HTTPRequest, _ need: (CURLcode) -> Void) {
        switch request.method {
        case .get: need(cc_set_long(easy, CURLOPT_HTTPGET, 1))
        case .delete: need(cc_set_text(easy, CURLOPT_CUSTOMREQUEST, "DELETE"))
        case .post, .put:
            let body = request.body ?? []
            need(cc_set_long(easy, CURLOPT_POST, 1))
            need(cc_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            (body + [0]).withUnsafeBytes { bytes in
                need(cc_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress)))
            }
            if request.method == .put { need(cc_set_text(easy, CURLOPT_CUSTOMREQUEST, "PUT")) }
        }
        // On a reused connection that turns out to be dead libcurl silently sends the request again, which nobody could
        // tell from sending it once. A new connection is never retried, so "at most once" holds for every change.
        if !request.method.isRead { need(cc_set_long(easy, CURLOPT_FRESH_CONNECT, 1)) }
    }

    private func setHeaders(_ request: HTTPRequest, _ need: (CURLcode) -> Void) {
        // An empty value keeps libcurl from adding the field: no 100-continue, no content type that nobody chose.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        lines += request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard let list = curl_slist_append(headerList, line) else { return need(CURLE_OUT_OF_MEMORY) }
            headerList = list
        }
        need(cc_set_list(easy, CURLOPT_HTTPHEADER, headerList))
    }

    fileprivate func takeBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= settings.maximumBody - body.count else {
            excess = "answer larger than \(settings.maximumBody) bytes"
            return false
        }
        stall.note(bytes.count, now: book.clock.now())
        // In one step and not by doubling, which would copy what is there each time.
        if body.isEmpty { body.reserveCapacity(min(head.announcedLength, settings.maximumBody)) }
        body.append(contentsOf: bytes)
        return true
    }

    fileprivate func takeHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        stall.note(bytes.count, now: book.clock.now())
        guard head.take(bytes) else {
            excess = "header of the answer larger than \(settings.maximumHead) bytes"
            return false
        }
        // Proxmox closes after every such answer and says so; a proxy in between may not.
        if head.status >= 400 { forbidReuse() }
        return true
    }

    fileprivate func connectionStands(_ local: UnsafePointer<CChar>?, _ port: Int32) {
        requestBegan = true
        var opened = 0
        cc_get_long(easy, CURLINFO_NUM_CONNECTS, &opened)
        let connection = "\(local.map { String(cString: $0) } ?? "?"):\(port)"
        self.connection = connection
        if book.begin(on: connection, isNew: opened > 0) { forbidReuse() }
    }

    /// Has the connection closed when this exchange ends; libcurl asks for this option at the end.
    private func forbidReuse() { cc_set_long(easy, CURLOPT_FORBID_REUSE, 1) }
}

/// The exchange and the bytes that libcurl hands to a callback.
private func received(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (CurlExchange, UnsafeBufferPointer<UInt8>) -> Bool
) -> Int {
    guard let bytes, let context else { return 0 }
    let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
    let raw = UnsafeRawBufferPointer(start: bytes, count: count)
    // Any number but `count` makes libcurl give up.
    return raw.withMemoryRebound(to: UInt8.self) { take(exchange, $0) } ? count : count &+ 1
}

private let receiveBody: cc_data_function = { bytes, size, count, context in
    received(bytes, size &* count, context) { $0.takeBody($1) }
}
private let receiveHeader: cc_data_function = { bytes, size, count, context in
    received(bytes, size &* count, context) { $0.takeHeader($1) }
}
private let noteConnection: cc_ready_function = { context, _, local, _, port in
    if let context { Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue().connectionStands(local, port) }
    return Int32(CURL_PREREQFUNC_OK)
}
