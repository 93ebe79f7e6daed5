// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Text

extension APISchema {
    /// Checks a call as the server will, before anything is sent.
    ///
    /// What cannot be judged here, such as a pattern in a form that is not known or most formats, is left to the server: nothing
    /// is refused that the server would take.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST`, `PUT` or `DELETE`.
    ///   - path: The segments below `/api2/json`, decoded.
    ///   - parameters: Names and values as they are sent.
    /// - Throws: ``Failure`` of the kind `parameter` that names everything that is wrong, in ``Failure/fields``.
    public func check(method: String, path: [String], parameters: [(name: String, value: JSONValue)]) throws(Failure) {
        guard let match = find(path), !match.node.methods.isEmpty else { throw unknown(path) }
        guard let text = match.node.methods[method] else {
            let known = match.node.methods.keys.sorted()
            throw .parameter(
                "method", "\(match.node.path) has no \(method)", hint: "it has " + known.joined(separator: ", "))
        }
        let declared = SchemaMethod(name: method, path: match.node.path, text: text)
        var check = CallCheck(method: declared, captured: match.captured)
        check.run(parameters)
        if let failure = check.failure { throw failure }
    }

    private func unknown(_ path: [String]) -> Failure {
        let (node, count) = deepest(path)
        let written = "/" + path.joined(separator: "/")
        let known = node.words.keys.sorted() + node.holes.map { "{\(nodes[$0].holeName)}" }
        let place = node.path.isEmpty ? "the top" : node.path
        var hints: [String] = []
        if count < path.count, let nearest = Spelling.nearest(to: path[count], among: node.words.keys.sorted()) {
            let meant = path.prefix(count) + [nearest] + path.dropFirst(count + 1)
            hints.append("did you mean `/\(meant.joined(separator: "/"))`?")
        }
        if !known.isEmpty {
            let shown =
                known.prefix(40).map { $0.clipped(64) }.joined(separator: ", ") + (known.count > 40 ? ", …" : "")
            hints.append(count < path.count ? "below \(place) there are: \(shown)" : "it goes on with: \(shown)")
        }
        return .parameter(
            "path", "the API of \(cluster) (\(version)) has no \(written)",
            hint: hints.isEmpty ? nil : hints.joined(separator: " — "))
    }
}

extension String {
    /// The text, cut where it is longer: what a cluster sends may be of any length.
    func clipped(_ most: Int) -> String { count > most ? prefix(most) + "…" : self }
}

/// The check of one call against its method.
struct CallCheck {
    let method: SchemaMethod
    let captured: [(name: String, value: String)]
    private var fields: [Failure.Field] = []
    private var hints: [String] = []

    init(method: SchemaMethod, captured: [(name: String, value: String)]) {
        self.method = method
        self.captured = captured
    }

    mutating func run(_ parameters: [(name: String, value: JSONValue)]) {
        let isQuery = method.name == "GET" || method.name == "DELETE"
        // A query cannot show that a list has one element or none.
        let sent = parameters.compactMap { parameter -> (name: String, value: JSONValue)? in
            guard isQuery, let elements = parameter.value.array, elements.count < 2 else {
                return parameter.value.isNull ? nil : parameter
            }
            return elements.first.map { (parameter.name, $0) }
        }
        for (name, value) in captured {
            // A path may name what the method does not declare; that is the server's affair.
            if let declared = method.parameter(name) { judge(name, .string(value), declared) }
        }
        for (name, value) in sent {
            if let inPath = captured.first(where: { $0.name == name }) {
                if value.perlText != inPath.value {
                    complain(name, "duplicate parameter (already defined in URI) with conflicting values!")
                }
            } else if let declared = method.parameter(name) {
                judge(name, value, declared)
            } else if !method.allowsOthers, name != "_dc" {
                // The server drops _dc, with which browsers get around caches.
                unknown(name)
            }
        }
        let given = Set(sent.map(\.name) + captured.map(\.name))
        for declared in method.parameters where !declared.name.hasSuffix("[n]") && !declared.isConditional {
            if given.contains(declared.name) {
                if let other = declared.requires, !given.contains(other) {
                    complain(other, "missing property - '\(declared.name)' requires this property")
                }
            } else if !declared.isOptional {
                complain(declared.name, "property is missing and it is not optional")
            }
        }
    }

    private mutating func unknown(_ name: String) {
        complain(name, "property is not defined in schema and the schema does not allow additional properties")
        let known = method.parameters.map(\.name).filter { known in !captured.contains { $0.name == known } }
        let base = String(name.reversed().drop { $0.isASCII && $0.isNumber }.reversed())
        let indexed = known.first { $0 == base + "[n]" }
        if let nearest = indexed ?? Spelling.nearest(to: name, among: known) {
            hints.append("\(name): did you mean `\(nearest)`?")
        } else if known.count <= 20 {
            hints.append(
                known.isEmpty
                    ? "\(method.name) \(method.path) takes no parameters"
                    : "it takes \(known.joined(separator: ", ").clipped(1000))")
        }
    }

    private mutating func judge(_ name: String, _ value: JSONValue, _ declared: SchemaParameter) {
        guard let complaint = ValueCheck.complaint(value, declared) else { return }
        complain(name, complaint)
        let text = value.perlText ?? ""
        if let key = ValueCheck.unknownKey(text, declared),
            let nearest = Spelling.nearest(to: key, among: declared.keys)
        {
            hints.append("\(name): did you mean `\(nearest)=`?")
        } else if let nearest = Spelling.nearest(to: text, among: declared.values), !declared.values.contains(text) {
            hints.append("\(name): did you mean `\(nearest)`?")
        }
    }

    private mutating func complain(_ name: String, _ text: String) {
        if !fields.contains(where: { $0.name == name && $0.text == text }) { fields.append(.init(name, text)) }
    }

    /// Everything that is wrong in one failure, or nil.
    var failure: Failure? {
        guard let first = fields.first else { return nil }
        let call = "\(method.name) \(method.path)"
        let what =
            fields.count == 1
            ? "\(first.name): \(first.text)"
            : "\(fields.count) parameters are wrong: " + fields.map(\.name).joined(separator: ", ")
        var failure = Failure(.parameter, "\(call): \(what)")
        failure.fields = fields
        var seen: [String] = []
        for hint in hints where !seen.contains(hint) { seen.append(hint) }
        failure.hint =
            seen.isEmpty ? "what it takes: pvelua cluster schema show \(method.path)" : seen.joined(separator: "; ")
        return failure
    }
}
