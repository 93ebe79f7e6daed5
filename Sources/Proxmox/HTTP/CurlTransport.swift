// SPDX-License-Identifier: Apache-2.0
internal import CCurl

/// The way to a real server: HTTP/1.1 over TLS by libcurl, on a thread of its own.
///
/// libcurl is loaded from the first transport on; no connection is made before the first request. The thread ends with the
/// transport.
public final class CurlTransport: Transport, CustomReflectable {
    let engine: CurlEngine

    /// Begins to load libcurl, on a thread of its own; it takes about as long as a process to start.
    public static func prepare() { cc_prepare() }

    /// Makes a transport to one server.
    public init(_ endpoint: HTTPEndpoint, settings: CurlSettings) {
        Self.prepare()
        engine = CurlEngine(endpoint: endpoint, settings: settings)
    }

    deinit { engine.close() }

    /// Sends one request and waits for the whole answer.
    ///
    /// - Throws: ``TransportFailure``, which says whether any byte of the request may have reached the server.
    public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        try Self.check(request)
        let engine = engine
        let id = engine.reserve()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                engine.enqueue(CurlJob(id: id, request: request, continuation: continuation))
            }
        } onCancel: {
            engine.cancel(id)
        }
        engine.forget(id)
        return try result.get()
    }

    /// Gives up whatever is on its way and ends the thread; later requests fail.
    public func close() { engine.close() }

    /// Nothing: the requests inside carry credentials, and another thread works on them.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Refuses what could smuggle a second request or field into the connection.
    private static func check(_ request: HTTPRequest) throws(TransportFailure) {
        let isTargetFine =
            request.target.hasPrefix("/") && request.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        let areHeadersFine = request.headers.allSatisfy { header in
            !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
                && header.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
        }
        let isBodyFine = request.body == nil || request.method == .post || request.method == .put
        guard isTargetFine, areHeadersFine, isBodyFine else {
            throw TransportFailure(.garbled, mayHaveBeenSent: false, "the request cannot be written as HTTP")
        }
    }
}
