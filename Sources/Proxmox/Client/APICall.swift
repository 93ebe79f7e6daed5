// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// One call of the Proxmox API: what to do, where, with what.
public struct APICall: Hashable, Sendable {
    /// A parameter and its value.
    public struct Parameter: Hashable, Sendable {
        /// The name as Proxmox has it.
        public var name: String
        /// The value.
        public var value: APIParameter

        /// Makes a parameter.
        public init(_ name: String, _ value: APIParameter) {
            self.name = name
            self.value = value
        }
    }

    /// The method.
    public var method: HTTPMethod
    /// The path below `/api2/json`.
    public var path: APIPath
    /// The parameters, in order.
    public var parameters: [Parameter]
    /// How long the exchange may take, or nil for the client's own limit.
    public var timeout: Duration?

    /// Makes a call.
    public init(
        _ method: HTTPMethod, _ path: APIPath, _ parameters: [(name: String, value: APIParameter)] = [],
        timeout: Duration? = nil
    ) {
        self.method = method
        self.path = path
        self.parameters = parameters.map { Parameter($0.name, $0.value) }
        self.timeout = timeout
    }

    /// Makes a call that reads.
    ///
    /// - Throws: ``Failure`` of the kind `parameter` where a segment cannot stand in a path.
    public static func get(
        _ segments: String..., parameters: [(name: String, value: APIParameter)] = []
    ) throws(Failure) -> APICall {
        APICall(.get, try APIPath(segments), parameters)
    }

    /// Whether this looks at tasks, as those do who wait for one.
    private var isTaskWatch: Bool {
        method.isRead && path.segments.count >= 3 && path.segments[0] == "nodes" && path.segments[2] == "tasks"
    }

    /// The call as an HTTP request.
    ///
    /// Parameters of GET and DELETE go into the query, since a body is refused there; those of POST and PUT into a JSON
    /// body, since Proxmox's form decoder splits on `;`, drops what follows a second `=` and cannot take an empty text.
    func request(headers: [HTTPHeader], timeout limit: Duration) throws(Failure) -> HTTPRequest {
        var seen: Set<String> = []
        for parameter in parameters {
            // Of two members of one name Perl takes the last; whoever judged the call may have looked at the first.
            guard seen.insert(parameter.name).inserted else {
                throw Failure.parameter(parameter.name, "is given twice")
            }
            guard !parameter.name.isEmpty, parameter.name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
                throw Failure.parameter("parameters", "hold a name that no parameter has")
            }
            guard parameter.value.isSendable else {
                throw Failure.parameter(
                    parameter.name, "cannot be sent: it must be a text, a number, a boolean or a list")
            }
        }
        var request = HTTPRequest(
            method, "/api2/json" + path.encoded, headers: headers + [HTTPHeader("Accept", "application/json")],
            timeout: timeout ?? limit, lane: isTaskWatch ? .watch : nil)
        switch method {
        case .get, .delete:
            let pairs = parameters.flatMap { parameter in
                parameter.value.texts.map {
                    PercentEncoding.encode(parameter.name) + "=" + PercentEncoding.encode($0)
                }
            }
            if !pairs.isEmpty { request.target += "?" + pairs.joined(separator: "&") }
        case .post, .put:
            guard !parameters.isEmpty else { break }
            let body = JSONObject(parameters.map { ($0.name, $0.value.json) })
            request.body = JSONValue.object(body).encoded()
            request.headers.append(HTTPHeader("Content-Type", "application/json"))
        }
        return request
    }
}
