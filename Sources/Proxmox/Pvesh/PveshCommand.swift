// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// A request as the words of a `pvesh` command; no shell ever sees them.
struct PveshCommand: Equatable {
    /// The words after `pvesh`.
    var words: [String]
    /// Whether it only looks.
    let isRead: Bool
    /// Whether it carries parameters, whose names `pvesh` must take as they are.
    let hasParameters: Bool
    /// The node that the path names.
    let node: String?

    private static let format = ["--output-format", "json"]
    /// Options of pvesh itself, which share their place with the API's parameters (PVE/CLI/pvesh.pm).
    private static let own: Set<String> = [
        "api_path", "noproxy", "nooutput", "output-format", "human-readable", "noborder", "noheader", "quiet",
        "extra-args",
    ]
    /// The longest single word that Linux takes (MAX_ARG_STRLEN), its name and end left out.
    private static let longestValue = 128 * 1024 - 200

    /// Translates a request.
    ///
    /// - Throws: ``TransportFailure`` that says nothing was sent, where `pvesh` cannot be told this, or where everybody on
    ///   the node could read a secret in the list of processes.
    init(_ request: HTTPRequest) throws(TransportFailure) {
        let (path, query) = try Self.split(request.target)
        let parameters = try query + Self.parameters(of: request.body)
        isRead = request.method.isRead
        hasParameters = !parameters.isEmpty
        words = [Self.verb(request.method), "/" + path.joined(separator: "/")]
        node = path.count > 1 && path[0] == "nodes" ? path[1] : nil
        for (name, value) in parameters {
            try Self.check(name, value)
            // An empty text after `=` counts as missing to Getopt::Long; as a word of its own it is taken, and a text
            // that begins with `-` the other way round.
            words += value.isEmpty ? ["--" + name, ""] : ["--\(name)=\(value)"]
        }
        words += Self.format
    }

    /// The same without the choice of a format, which a few methods do not take: they have a parameter of one of its names.
    var withoutFormat: PveshCommand {
        var command = self
        command.words.removeLast(Self.format.count)
        return command
    }

    private static func verb(_ method: HTTPMethod) -> String {
        switch method {
        case .get: "get"
        case .post: "create"
        case .put: "set"
        case .delete: "delete"
        }
    }

    private static func split(
        _ target: String
    ) throws(TransportFailure) -> (path: [String], query: [(name: String, value: String)]) {
        let prefix = "/api2/json/"
        guard target.hasPrefix(prefix) else { throw refused("only paths below /api2/json can be called") }
        let halves = target.dropFirst(prefix.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path: [String] = []
        for piece in (halves.first ?? "").split(separator: "/", omittingEmptySubsequences: false) {
            let segment = try decoded(piece)
            guard !segment.isEmpty, segment != ".", segment != "..", !segment.contains("/"), isPlain(segment) else {
                throw refused("the path holds a segment that cannot be called")
            }
            path.append(segment)
        }
        var query: [(name: String, value: String)] = []
        for pair in halves.count > 1 ? halves[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query.append((try decoded(sides.first ?? ""), try decoded(sides.count > 1 ? sides[1] : "")))
        }
        return (path, query)
    }

    /// The members of a JSON body; a list becomes its option over and over.
    private static func parameters(
        of body: [UInt8]?
    ) throws(TransportFailure) -> [(name: String, value: String)] {
        guard let body else { return [] }
        guard let json = try? JSONValue(parsing: body), let members = json.object?.members else {
            throw refused("the body is no JSON object")
        }
        var result: [(name: String, value: String)] = []
        for (name, value) in members.map({ ($0.key, $0.value) }) {
            for element in value.array ?? [value] { result.append((name, try text(element, name))) }
        }
        return result
    }

    private static func text(_ value: JSONValue, _ name: String) throws(TransportFailure) -> String {
        switch value {
        case .string(let text): return text
        case .bool(let flag): return flag ? "1" : "0"
        case .integer, .number: return value.text
        case .null, .array, .object: throw refused("\(name) has a value that no option has")
        }
    }

    private static func check(_ name: String, _ value: String) throws(TransportFailure) {
        guard let first = name.utf8.first, first != UInt8(ascii: "-"), name.utf8.count <= 64,
            name.utf8.allSatisfy({ isNameByte($0) })
        else { throw refused("a parameter's name cannot be an option") }
        guard !own.contains(name) else { throw refused("\(name) is an option of pvesh itself and cannot be passed on") }
        guard !isSecret(name) else {
            throw refused(
                "\(name) would be seen by every user of this node in the list of processes; set it by way of the API")
        }
        guard value.utf8.count <= longestValue else { throw refused("\(name) is longer than a command line takes") }
        guard !value.utf8.contains(0) else { throw refused("\(name) holds a zero byte") }
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        let parts = ["password", "secret", "passphrase", "private", "token", "otp", "ticket", "credential", "apikey"]
        // `client-key` of OpenID, `encryption-key` and `keyring` of storages, `eab-hmac-key` of ACME; `master-pubkey`,
        // `sshkeys` and `ssh-public-keys` are for everybody to see.
        return ["key", "keys", "keyring"].contains(name) || name.hasSuffix("-key")
            || parts.contains { name.contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }

    private static func decoded(_ text: Substring) throws(TransportFailure) -> String {
        guard let result = PercentEncoding.decode(text) else { throw refused("the path or query is not UTF-8") }
        return result
    }

    private static func refused(_ text: String) -> TransportFailure {
        TransportFailure(.garbled, mayHaveBeenSent: false, "pvesh: \(text)")
    }
}
