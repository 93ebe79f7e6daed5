// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Proxmox

/// One recorded request and what came back.
struct Exchange: Sendable {
    var method: String
    var url: String
    /// What stood in brackets: an Authorization field with the secret blanked, or `none`.
    var credential: String
    var arguments: [String] = []
    var status: Int?
    var reason = ""
    var date: Double?
    var body = ""

    var isPlainHTTP: Bool { url.hasPrefix("http://") }
    var isMultipart: Bool { arguments.contains("-F") }

    /// Path and query.
    var target: String {
        guard let scheme = url.range(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    }

    func values(of flag: String) -> [String] {
        zip(arguments, arguments.dropFirst()).filter { $0.0 == flag }.map(\.1)
    }

    var extraHeaders: [HTTPHeader] {
        values(of: "-H").compactMap { field in
            guard let colon = field.firstIndex(of: ":") else { return nil }
            let value = field[field.index(after: colon)...].drop { $0 == " " }
            return HTTPHeader(String(field[..<colon]), String(value))
        }
    }

    /// The fields of a `multipart/form-data` body, with four bytes for every file, which is how long the recorded one was.
    var multipart: String? {
        guard isMultipart else { return nil }
        let parts = values(of: "-F").map { field -> String in
            let pieces = field.split(separator: "=", maxSplits: 1).map(String.init)
            let value = pieces.count > 1 ? pieces[1] : ""
            guard value.hasPrefix("@") else { return #"name="\#(pieces[0])""# + "\r\n\r\n\(value)" }
            let name = value.components(separatedBy: ";filename=").dropFirst().first ?? "x.iso"
            return #"name="\#(pieces[0])"; filename="\#(name)""# + "\r\n\r\nabcd"
        }
        return parts.map { "--limit\r\nContent-Disposition: form-data; \($0)\r\n" }.joined() + "--limit--\r\n"
    }

    /// The body as curl would have sent it.
    var form: String? {
        var pieces: [String] = []
        for (flag, value) in zip(arguments, arguments.dropFirst()) {
            if flag == "-d" { pieces.append(value) }
            if flag == "--data-urlencode", let equals = value.firstIndex(of: "=") {
                let content = value[value.index(after: equals)...]
                let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\0"..."\u{7f}"))
                    .union(CharacterSet(charactersIn: "-._~"))
                pieces.append(
                    value[...equals] + (content.addingPercentEncoding(withAllowedCharacters: plain) ?? String(content)))
            }
        }
        return pieces.isEmpty ? nil : pieces.joined(separator: "&")
    }
}

/// A file of recorded exchanges.
struct Transcript: Sendable {
    var exchanges: [Exchange] = []

    init(_ text: String) {
        var current: Exchange?
        var inBody = false
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("### curl args: ") {
                current?.arguments = Self.shellWords(String(line.dropFirst(15)))
            } else if line.hasPrefix("### curl rc=") {
                if let done = current { exchanges.append(done) }
                current = nil
            } else if line.hasPrefix("### "), let open = line.range(of: "   [", options: .backwards) {
                let words = line[..<open.lowerBound].dropFirst(4).split(separator: " ", maxSplits: 1)
                current = Exchange(
                    method: String(words[0]), url: String(words[1]),
                    credential: String(line[open.upperBound...].dropLast()))
                inBody = false
            } else if line.hasPrefix("HTTP/1."), current?.status == nil {
                let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
                current?.status = Int(parts[1])
                current?.reason =
                    parts.count > 2 ? String(parts[2]).trimmingCharacters(in: .init(charactersIn: "\r")) : ""
            } else if inBody {
                let separator = current?.body.isEmpty == true ? "" : "\n"
                current?.body += separator + line
            } else if line.hasPrefix("Date: ") {
                current?.date = Self.time(String(line.dropFirst(6)))
            } else if line.isEmpty || line == "\r", current?.status != nil {
                inBody = true
            }
        }
    }

    private static func time(_ text: String) -> Double? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.date(from: text.trimmingCharacters(in: .whitespacesAndNewlines))?.timeIntervalSince1970
    }

    /// Words as bash's `printf %q` writes them.
    static func shellWords(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quoted = false
        var escaped = false
        for character in text {
            if escaped {
                word.append(character)
                escaped = false
            } else if character == "\\", !quoted {
                escaped = true
            } else if character == "'" {
                quoted.toggle()
            } else if character == " ", !quoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
