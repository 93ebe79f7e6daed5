// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Proxmox

/// What a request says besides its path.
struct RequestParameters: Sendable {
    var values: [String: RawValue] = [:]
    /// The names in the order they came.
    var order: [String] = []
    /// The file of an upload.
    var upload: Multipart.File?
}

/// An answer of the server itself rather than of the API: plain text.
struct PlainAnswer: Error, Sendable {
    var status: Int
    var text: String
    var endsLine = false
}

enum RequestParser {
    /// The format and the path's parts, or what the server answers to a path that is no API path.
    static func location(_ target: String) throws(PlainAnswer) -> (format: String, segments: [String]) {
        let path = PercentCoding.decode(String(target.prefix { $0 != "?" }))
        let parts = path.split(separator: "/").map(String.init)
        guard parts.first == "api2" else {
            throw PlainAnswer(status: 500, text: "no such file '\(path)'", endsLine: true)
        }
        guard parts.count > 1 else { throw PlainAnswer(status: 501, text: "no such uri") }
        return (parts[1], Array(parts.dropFirst(2)))
    }

    /// Everything the body and the query say.
    static func parameters(_ request: HTTPRequest, segments: [String]) throws(PlainAnswer) -> RequestParameters {
        var result = RequestParameters()
        let body = request.body ?? []
        if request.method == .get || request.method == .delete {
            if !body.isEmpty {
                throw PlainAnswer(
                    status: 501, text: "Unexpected content for method '\(request.method.rawValue)'")
            }
        } else if let boundary = Multipart.boundary(request), segments.last == "upload" {
            guard let parts = Multipart(body, boundary: boundary) else {
                throw PlainAnswer(status: 501, text: "wrong Content-Length")
            }
            result.order = parts.order
            result.upload = parts.file
            result.values = parts.values.mapValues { .text($0) }
        } else if body.count > 524_288 {
            throw PlainAnswer(status: 501, text: "for data too large")
        } else if !body.isEmpty {
            try readBody(request, body, &result.values, &result.order)
        }
        if let mark = request.target.firstIndex(of: "?") {
            var query: [String: RawValue] = [:]
            form(String(request.target[request.target.index(after: mark)...]), &query, &result.order)
            result.values.merge(query) { $1 }
        }
        result.values["_dc"] = nil
        result.order.removeAll { $0 == "_dc" }
        return result
    }

    private static func readBody(
        _ request: HTTPRequest, _ body: [UInt8], _ values: inout [String: RawValue], _ order: inout [String]
    ) throws(PlainAnswer) {
        let field = request.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        let type = field.prefix { $0 != ";" }
        switch type {
        case "", "application/x-www-form-urlencoded": form(String(decoding: body, as: UTF8.self), &values, &order)
        case "application/json":
            let parsed: JSONValue
            do throws(JSONError) { parsed = try JSONValue(parsing: body) } catch {
                throw PlainAnswer(status: 500, text: complaint(String(decoding: body, as: UTF8.self)), endsLine: true)
            }
            guard let object = parsed.object else {
                throw PlainAnswer(status: 500, text: "Not a HASH reference", endsLine: true)
            }
            for (name, value) in object.members {
                order.append(name)
                values[name] = raw(value)
            }
        default: throw PlainAnswer(status: 506, text: "upload 'Content-Type '\(field)' not implemented")
        }
    }

    /// The form decoder's quirks: `;` separates too, and only what stands between the first two `=` is the value.
    static func form(_ text: String, _ values: inout [String: RawValue], _ order: inout [String]) {
        for pair in text.split(whereSeparator: { $0 == "&" || $0 == ";" }) {
            let pieces = pair.split(separator: "=", omittingEmptySubsequences: false)
            let name = PercentCoding.decode(String(pieces[0]), plusIsSpace: true)
            if values[name] == nil { order.append(name) }
            guard pieces.count > 1, !pieces[1].isEmpty else {
                values[name] = values[name] ?? .undefined
                continue
            }
            let value = PercentCoding.decode(String(pieces[1]), plusIsSpace: true)
            switch values[name] {
            case .text(let first): values[name] = .list([first, value])
            case .list(let list): values[name] = .list(list + [value])
            default: values[name] = .text(value)
            }
        }
    }

    private static func raw(_ value: JSONValue) -> RawValue {
        switch value {
        case .null: .undefined
        case .bool(let flag): .text(flag ? "1" : "0")
        case .integer(let number): .text(String(number))
        case .number(let number): .text(String(number))
        case .string(let text): .text(text)
        case .array(let elements): .list(elements.map { $0.string ?? $0.text })
        case .object: .reference("HASH")
        }
    }

    /// The Perl decoder's words about a text that is no JSON.
    private static func complaint(_ text: String) -> String {
        let place = " at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 917."
        if text.hasPrefix("{"), let second = text.dropFirst().first, second != "\"", second != "}" {
            let rest = text.dropFirst().split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)[0]
            return "'\"' expected, at character offset 1 (before \"\(rest)\")" + place
        }
        return "malformed JSON string, neither tag, array, object, number, string or atom, at character offset 0 "
            + "(before \"\(text.prefix(20))\")" + place
    }
}
