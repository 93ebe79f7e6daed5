// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook
internal import Schema
internal import Terminal
internal import Text

/// What one path of the API takes, for people and for programs.
struct SchemaPage {
    let schema: APISchema
    let path: [String]
    let children: [String]

    private var methods: [SchemaMethod] { schema.methods(path: path) }
    private var written: String { "/" + path.joined(separator: "/") }

    // MARK: - For people

    /// Writes the methods with their parameters as tables; every text of the schema is the cluster's and hostile.
    func print(on output: any RunOutput) {
        var isFirst = true
        func write(_ line: String) { output.write(Array((line + "\n").utf8)) }
        for method in methods {
            if !isFirst { write("") }
            isFirst = false
            write(clean("\(method.name) \(method.path)"))
            if !method.summary.isEmpty { write("  " + sentence(method.summary)) }
            write("  " + notes(method))
            guard !method.parameters.isEmpty else { continue }
            output.table(
                RunTable(
                    columns: ["parameter", "type", "", "takes", "meaning"],
                    rows: method.parameters.map { parameter in
                        [
                            clean(parameter.name), clean(parameter.format ?? parameter.type ?? "any"),
                            parameter.isOptional ? "" : "required", limits(parameter), sentence(parameter.summary),
                        ]
                    }))
        }
        if !children.isEmpty {
            if !isFirst { write("") }
            write(clean("below \(written): \(children.joined(separator: " "))"))
        }
    }

    private func notes(_ method: SchemaMethod) -> String {
        var notes = [clean("needs \(Self.privileges(method.permissions))")]
        if let node = method.proxyTo { notes.append(clean("answered by {\(node)}")) }
        if !method.allowsTokens { notes.append("not with an API token") }
        if method.allowsOthers { notes.append("takes other parameters too") }
        return notes.joined(separator: "; ")
    }

    /// Such as `VM.Audit on /vms/{vmid}`, as far as the schema says it in a form that is known.
    static func privileges(_ permissions: JSONValue?) -> String {
        guard let permissions else { return "root@pam" }
        if let user = permissions["user"]?.string { return user == "world" ? "nothing" : "a login" }
        guard let check = permissions["check"]?.array else { return "what its description says" }
        return check.first == "perm" ? privilege(check) : "a combination: \(permissions["check"]?.text ?? "")"
    }

    private static func privilege(_ check: [JSONValue]) -> String {
        let names = (check.count > 2 ? check[2].array : nil ?? [])?.compactMap(\.string) ?? []
        let joint = check.contains("any") ? " or " : " and "
        return "\(names.joined(separator: joint)) on \(check.count > 1 ? check[1].string ?? "" : "")"
    }

    private func limits(_ parameter: SchemaParameter) -> String {
        var parts: [String] = []
        if !parameter.values.isEmpty { parts.append(parameter.values.joined(separator: "|")) }
        if !parameter.keys.isEmpty { parts.append("keys " + parameter.keys.joined(separator: ",")) }
        switch (parameter.minimum, parameter.maximum) {
        case (let least?, let most?): parts.append("\(plain(least)) to \(plain(most))")
        case (let least?, nil): parts.append("from \(plain(least))")
        case (nil, let most?): parts.append("up to \(plain(most))")
        case (nil, nil): break
        }
        if let most = parameter.maximumLength { parts.append("at most \(most) characters") }
        if let pattern = parameter.pattern { parts.append("/\(pattern)/") }
        if let other = parameter.requires { parts.append("with \(other)") }
        if let standard = parameter.standard { parts.append("default \(standard)") }
        let text = clean(parts.joined(separator: "; "))
        return text.count > 60 ? text.prefix(60) + "…" : text
    }

    private func plain(_ number: Double) -> String { Int(exactly: number).map { String($0) } ?? String(number) }

    private func clean(_ text: String) -> String { TextCleaner.clean(text) }

    /// The first sentence, on one line.
    private func sentence(_ text: String) -> String {
        let line = clean(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        let end = line.firstRange(of: ". ").map { $0.lowerBound } ?? line.endIndex
        let first = line[..<end]
        return first.count > 160 ? first.prefix(160) + "…" : String(first)
    }

    // MARK: - For programs

    var json: JSONValue {
        .object(
            JSONObject([
                ("cluster", .string(schema.cluster)), ("version", .string(schema.version)), ("path", .string(written)),
                ("children", .array(children.map(JSONValue.string))), ("methods", .array(methods.map(json))),
            ]))
    }

    private func json(_ method: SchemaMethod) -> JSONValue {
        .object(
            JSONObject([
                ("method", .string(method.name)), ("path", .string(method.path)),
                ("description", .string(method.summary)), ("permissions", method.permissions ?? .null),
                ("protected", .bool(method.isProtected)), ("proxyto", JSONValue(method.proxyTo)),
                ("allowtoken", .bool(method.allowsTokens)), ("additionalProperties", .bool(method.allowsOthers)),
                ("parameters", .array(method.parameters.map(json))),
            ]))
    }

    private func json(_ parameter: SchemaParameter) -> JSONValue {
        var object = JSONObject([("name", .string(parameter.name)), ("optional", .bool(parameter.isOptional))])
        if let type = parameter.type { object["type"] = .string(type) }
        if let format = parameter.format { object["format"] = .string(format) }
        if !parameter.keys.isEmpty { object["keys"] = .array(parameter.keys.map(JSONValue.string)) }
        if !parameter.values.isEmpty { object["enum"] = .array(parameter.values.map(JSONValue.string)) }
        if let number = parameter.minimum { object["minimum"] = .number(number) }
        if let number = parameter.maximum { object["maximum"] = .number(number) }
        if let number = parameter.minimumLength { object["minLength"] = JSONValue(number) }
        if let number = parameter.maximumLength { object["maxLength"] = JSONValue(number) }
        if let pattern = parameter.pattern { object["pattern"] = .string(pattern) }
        if let other = parameter.requires { object["requires"] = .string(other) }
        if let standard = parameter.standard { object["default"] = .string(standard) }
        if !parameter.summary.isEmpty { object["description"] = .string(parameter.summary) }
        return .object(object)
    }
}
