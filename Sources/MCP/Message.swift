// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// What a client says in one line.
enum Message: Sendable {
    /// Wants an answer.
    case request(MessageID, method: String, parameters: JSONObject)
    /// Wants none.
    case notification(method: String, parameters: JSONObject)
    /// An answer; nothing is ever asked here, so it is to nothing.
    case response

    /// Reads a line.
    ///
    /// - Throws: ``ProtocolError`` with the id it is about, where one can be told.
    init(_ line: [UInt8]) throws(ProtocolError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: line) } catch {
            throw ProtocolError(.parse, "this is no JSON: \(error.message)")
        }
        guard let object = value.object else {
            throw ProtocolError(
                .invalidRequest, value.array == nil ? "a message is an object" : "batches are not taken")
        }
        let id = try object["id"].map(MessageID.init(checking:))
        guard object["jsonrpc"]?.string == "2.0" else {
            throw ProtocolError(.invalidRequest, "jsonrpc must be \"2.0\"", id: id)
        }
        guard let method = object["method"] else {
            guard object["result"] != nil || object["error"] != nil else {
                throw ProtocolError(.invalidRequest, "a message has a method", id: id)
            }
            self = .response
            return
        }
        guard let name = method.string else { throw ProtocolError(.invalidRequest, "method must be a text", id: id) }
        var parameters = JSONObject()
        if let given = object["params"] {
            guard let object = given.object else {
                throw ProtocolError(.invalidParameters, "params must be an object", id: id)
            }
            parameters = object
        }
        self =
            id.map { .request($0, method: name, parameters: parameters) }
            ?? .notification(method: name, parameters: parameters)
    }
}

/// What a request is called: a text or a whole number, which are never the same.
enum MessageID: Hashable, Sendable {
    case text(String)
    case number(Int64)

    init(checking value: JSONValue) throws(ProtocolError) {
        switch value {
        case .string(let text) where text.utf8.count <= 1000: self = .text(text)
        case .integer(let number): self = .number(number)
        default: throw ProtocolError(.invalidRequest, "id must be a whole number or a text of at most 1000 bytes")
        }
    }

    /// As JSON.
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .integer(number)
        }
    }
}

/// Why a message is not answered with a result.
struct ProtocolError: Error, Sendable {
    /// The codes of JSON-RPC.
    enum Code: Int, Sendable {
        case parse = -32700
        case invalidRequest = -32600
        case unknownMethod = -32601
        case invalidParameters = -32602
        case inside = -32603
        /// The Model Context Protocol's, since 2026-07-28.
        case unsupportedVersion = -32022
    }

    let code: Code
    let message: String
    let id: MessageID?
    /// What a program may want to know of it.
    let data: JSONValue?

    /// - Parameter id: The request that it is about; nil where that cannot be told.
    init(_ code: Code, _ message: String, id: MessageID? = nil, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.id = id
        self.data = data
    }

    /// The same about a request.
    func about(_ id: MessageID) -> ProtocolError { ProtocolError(code, message, id: id, data: data) }

    /// The line that says so.
    var response: JSONValue {
        var error = JSONObject([("code", JSONValue(code.rawValue)), ("message", .string(message))])
        if let data { error["data"] = data }
        return ["jsonrpc": "2.0", "id": id?.json ?? .null, "error": .object(error)]
    }
}
