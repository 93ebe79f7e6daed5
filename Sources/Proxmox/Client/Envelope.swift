// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// What stands around the data of an answer: reason phrase, `message`, `errors`, `total`.
struct Envelope {
    let response: HTTPResponse
    private let json: JSONValue?

    init(_ response: HTTPResponse) {
        self.response = response
        json = try? JSONValue(parsing: response.body)
    }

    /// The successful answer, or nil where this is none: another status, no JSON, or no `data` in it.
    var answer: APIAnswer? {
        guard (200...299).contains(response.status), let json, let data = json["data"] else { return nil }
        return APIAnswer(data: data, total: json["total"]?.perlInteger, body: response.body)
    }

    /// What the server refused with.
    func refusal(of call: APICall) -> Refusal {
        Refusal(
            status: response.status, text: text, fields: fields, isRead: call.method.isRead,
            isTask: false)
    }

    /// Proxmox's own words: the body's `message` is whole, the reason phrase holds its first line; older servers send
    /// only that, and errors from the proxy layer come as plain text.
    private var text: String {
        if let message = json?["message"]?.perlText, !message.isEmpty {
            return TextCleaning.trimmed(Self.beginning(message))
        }
        if !response.reason.isEmpty { return TextCleaning.cleaned(Array(response.reason.utf8), limit: 2000) }
        return TextCleaning.cleaned(response.body, limit: 200)
    }

    private var fields: [Failure.Field] {
        guard let members = json?["errors"]?.object?.members else { return [] }
        return members.prefix(100).map { member in
            let text = Self.beginning(member.value.perlText ?? member.value.text)
            return Failure.Field(Self.beginning(member.key), TextCleaning.trimmed(text))
        }.sorted { $0.name < $1.name }
    }

    /// The text, unless it is longer than anything that Proxmox says: an answer may have megabytes, a failure must not.
    private static func beginning(_ text: String) -> String {
        text.utf8.count <= 8192 ? text : String(decoding: text.utf8.prefix(8192), as: UTF8.self)
    }

    /// The beginning of a body that makes no sense, fit to be shown.
    var excerpt: String { TextCleaning.cleaned(response.body, limit: 200) }
}

/// Makes text from outside fit for one line on a terminal.
enum TextCleaning {
    /// The first bytes as text, with every control character turned into a space.
    static func cleaned(_ bytes: [UInt8], limit: Int) -> String {
        let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        return trimmed(String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 })))
    }

    /// The text without white space at its ends.
    static func trimmed(_ text: String) -> String {
        var view = Substring(text)
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }

    /// The text on one line: every control character is turned into a space.
    static func line(_ text: String) -> String {
        trimmed(String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 })))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }
}
