// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// What `pvesh` says on standard error when it refuses, as status, message and errors of the API.
struct PveshRefusal {
    /// The HTTP status that the API would have sent.
    let status: Int
    /// The reason, without the status that exceptions show before it.
    let text: String
    /// What is wrong with which parameter.
    let fields: [(name: String, text: String)]

    init(_ errors: [UInt8], status exit: Int, isRead: Bool) {
        let lines = String(decoding: errors, as: UTF8.self).split(separator: "\n").map {
            TextCleaning.trimmed(TextCleaning.cleaned(Array($0.utf8), limit: 2000))
        }.filter { !$0.isEmpty }
        if let index = lines.firstIndex(where: { $0.hasSuffix("Parameter verification failed.") && $0.hasPrefix("400") }
        ) {
            status = 400
            text = "Parameter verification failed."
            fields = Self.fields(lines[(index + 1)...])
            return
        }
        fields = []
        if let line = lines.first(where: { Self.isMissingMethod($0) }) {
            (status, text) = (501, line)
            return
        }
        if let remote = lines.firstIndex(where: { $0.hasPrefix("proxy handler failed") }) {
            (status, text) = Self.remote(lines[..<remote], summary: lines[remote])
            return
        }
        let line = Self.statement(lines) ?? "pvesh ended with status \(exit) and said nothing"
        (status, text) = Self.coded(line)
    }

    /// The refusal as an answer of the API.
    var answer: Result<HTTPResponse, TransportFailure> {
        var body = JSONObject([("data", .null), ("message", .string(text + "\n"))])
        if !fields.isEmpty { body["errors"] = .object(JSONObject(fields.map { ($0.name, .string($0.text)) })) }
        return .success(HTTPResponse(status: status, reason: text, body: JSONValue.object(body).encoded()))
    }

    /// `key: message` lines up to the usage text.
    private static func fields(_ lines: ArraySlice<String>) -> [(name: String, text: String)] {
        var result: [(name: String, text: String)] = []
        for line in lines {
            if line.hasPrefix("pvesh ") || line.hasPrefix("USAGE:") { break }
            guard let colon = line.firstIndex(of: ":"), !line[..<colon].contains(" ") else { continue }
            let name = String(line[..<colon])
            if result.contains(where: { $0.name == name }) { continue }
            result.append((name, TextCleaning.trimmed(String(line[line.index(after: colon)...]))))
        }
        return result
    }

    private static func isMissingMethod(_ line: String) -> Bool {
        let line = line.lowercased()
        return line.hasPrefix("no '") && line.contains("' handler ")
    }

    /// The line that tells what is wrong: Getopt's complaint, else the last one before the usage text.
    private static func statement(_ lines: [String]) -> String? {
        let said = lines.prefix { !$0.hasPrefix("pvesh ") && !$0.hasPrefix("USAGE:") }
        let isGeneral = said.last?.hasSuffix("unable to parse option") == true
        if isGeneral, let option = said.first(where: { $0.hasPrefix("Unknown option:") }) { return "400 " + option }
        return said.last ?? lines.first
    }

    /// An exception with a code shows it: `403 Permission check failed (…)`.
    private static func coded(_ line: String) -> (Int, String) {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count == 3, let code = Int(parts[0]), (400...599).contains(code) else {
            return (500, line)
        }
        return (code, String(parts[1]))
    }

    /// A call for another node goes through ssh: either ssh failed, or the other node's pvesh did and has said why.
    private static func remote(_ before: ArraySlice<String>, summary: String) -> (Int, String) {
        if let line = before.first(where: { $0.hasPrefix("ssh: ") || $0.hasPrefix("Host key verification failed") }) {
            return (595, line)
        }
        // A session that broke off says nothing about what was done over there.
        let isBroken = before.contains { $0.contains("closed by remote host") || $0.contains("send disconnect") }
        guard !isBroken, let line = statement(Array(before)) else { return (596, before.last ?? summary) }
        return coded(line)
    }
}
