// SPDX-License-Identifier: Apache-2.0

/// The way requests reach a Proxmox server: libcurl in life, the simulator in plans and tests.
///
/// A transport sends a request at most once and never looks into it. Retries, hosts and meaning are the client's affair.
public protocol Transport: Sendable {
    /// Sends one request and waits for the whole answer.
    ///
    /// - Throws: ``TransportFailure``, which says whether any byte of the request may have reached the server.
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse
}

/// The methods that Proxmox knows.
public enum HTTPMethod: String, Sendable, CaseIterable {
    /// Reads; whatever is passed stands in the query.
    case get = "GET"
    /// Makes something, or starts something.
    case post = "POST"
    /// Changes something that is there.
    case put = "PUT"
    /// Takes something away; has no body, as GET has none.
    case delete = "DELETE"

    /// Whether a request of this method only looks.
    public var isRead: Bool { self == .get }
}

/// One request as it goes to the server.
public struct HTTPRequest: Sendable, Hashable {
    /// The line that a request waits in while all connections are busy; lanes take turns.
    public enum Lane: Sendable, Hashable, CaseIterable {
        /// Requests that change something.
        case change
        /// Looks at tasks that somebody waits for.
        case watch
        /// All other reads.
        case read
    }

    /// The method.
    public var method: HTTPMethod
    /// Path and query, percent-encoded, beginning with `/api2/json/`.
    public var target: String
    /// Header fields in order; the credential is among them.
    public var headers: [HTTPHeader]
    /// The body, or nil for none; a GET or DELETE must not have one.
    public var body: [UInt8]?
    /// How long the whole exchange may take.
    public var timeout: Duration
    /// The line it waits in.
    public var lane: Lane

    /// Makes a request.
    ///
    /// - Parameter lane: The line it waits in, or nil for the one that its method says.
    public init(
        _ method: HTTPMethod, _ target: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(30), lane: Lane? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.lane = lane ?? (method.isRead ? .read : .change)
    }
}

/// One header field.
public struct HTTPHeader: Sendable, Hashable {
    /// The name as sent.
    public var name: String
    /// The value, without line ends.
    public var value: String

    /// Makes a field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// One answer, whole.
public struct HTTPResponse: Sendable, Hashable {
    /// The status code.
    public var status: Int
    /// The reason phrase; Proxmox puts the first line of its error message there.
    public var reason: String
    /// Header fields in order.
    public var headers: [HTTPHeader]
    /// The body, decompressed.
    public var body: [UInt8]

    /// Makes an answer.
    public init(status: Int, reason: String, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
    }
}

/// Why there is no answer.
public struct TransportFailure: Error, Sendable, Hashable {
    /// What broke.
    public enum Cause: String, Sendable {
        /// No connection could be made.
        case connect
        /// The server's certificate was not accepted, or TLS itself failed. The credential was not sent.
        case tls
        /// The time was up.
        case timeout
        /// The connection ended before the answer was whole.
        case reset
        /// What came back is no HTTP.
        case garbled
        /// What came back is more than the limits allow.
        case tooLarge
        /// The caller gave up.
        case cancelled
    }

    /// What broke.
    public var cause: Cause
    /// Whether any byte of the request may have reached the server; false means that it certainly did not.
    public var mayHaveBeenSent: Bool
    /// The library's words, free of credentials.
    public var message: String

    /// Makes a failure.
    public init(_ cause: Cause, mayHaveBeenSent: Bool, _ message: String) {
        self.cause = cause
        self.mayHaveBeenSent = mayHaveBeenSent
        self.message = message
    }
}
