// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
public import Model
internal import Policy
internal import Text

extension RunbookHeader {
    /// Reads the header of a runbook, and runs nothing of it.
    ///
    /// - Returns: nil where it has none.
    /// - Throws: ``Failure`` of kind `script` that names file, line and column.
    public static func read(_ chunk: Chunk) throws(Failure) -> RunbookHeader? {
        let source = HeaderSource(chunk)
        let call: LuaLeadingCall?
        do throws(LuaReadingError) {
            call = try LuaLeadingCall.read(chunk.source, of: function)
        } catch {
            throw source.failure(error)
        }
        return try call.map { (call) throws(Failure) in try HeaderReader(source: source).header(call) }
    }
}

/// Gives a header's table its meaning.
struct HeaderReader {
    let source: HeaderSource
    private static let keys = ["name", "description", "params", "actions", "callers", "limits"]

    func header(_ call: LuaLeadingCall) throws(Failure) -> RunbookHeader {
        var header = RunbookHeader(place: source.place(call.start))
        for member in try source.members(call.argument, of: "the header") {
            let value = member.value
            switch member.name {
            case "name": header.name = try line(value, of: "name", most: 100)
            case "description": header.description = try source.text(value, of: "description", most: 4000)
            case "params": header.parameters = try parameters(value)
            case "actions":
                header.actions = .init(patterns: try actions(value), place: source.place(member.start))
            case "callers":
                header.callers = .init(callers: try callers(value), place: source.place(member.start))
            case "limits": header.limits = try limits(value)
            default: throw unknown(member, "a header has no", among: Self.keys)
            }
        }
        return header
    }

    /// A text without line breaks.
    private func line(_ value: LuaLiteral, of what: String, most: Int) throws(Failure) -> String {
        let text = try source.text(value, of: what, most: most)
        guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw source.failure("\(what) must be one line of text", at: value.start)
        }
        return text
    }

    private func parameters(_ value: LuaLiteral) throws(Failure) -> [RunbookParameter] {
        let members = try source.members(value, of: "params")
        guard members.count <= 200 else {
            throw source.failure("a runbook takes at most 200 parameters, not \(members.count)", at: value.start)
        }
        var result: [RunbookParameter] = []
        for member in members { result.append(try ParameterReader(source: source).parameter(member)) }
        return result
    }

    private func actions(_ value: LuaLiteral) throws(Failure) -> [Glob] {
        var result: [Glob] = []
        for element in try source.elements(value, of: "actions") {
            let text = try source.text(element, of: "an action", most: 100)
            let glob = Glob(text)
            guard ActionClassifier.knows(glob) else {
                throw source.failure(
                    "no action matches `\(TextExcerpt.of(text, most: 100))`", at: element.start,
                    hint: ActionClassifier.suggestion(for: text)
                        ?? "the actions are listed in docs/features.md")
            }
            result.append(glob)
        }
        return result
    }

    private func callers(_ value: LuaLiteral) throws(Failure) -> Set<Caller> {
        let known = Caller.allCases.map(\.rawValue)
        var result: Set<Caller> = []
        for element in try source.elements(value, of: "callers") {
            let text = try source.text(element, of: "a caller", most: 100)
            guard let caller = Caller(rawValue: text) else {
                throw source.failure(
                    "there is no caller `\(TextExcerpt.of(text))`", at: element.start,
                    hint: Spelling.suggestion(for: text, among: known) ?? "callers are " + known.joined(separator: ", ")
                )
            }
            result.insert(caller)
        }
        guard !result.isEmpty else {
            throw source.failure("callers is empty: nobody could run this", at: value.start)
        }
        return result
    }

    private func limits(_ value: LuaLiteral) throws(Failure) -> [RunbookHeader.DeclaredLimit] {
        var result: [RunbookHeader.DeclaredLimit] = []
        for member in try source.members(value, of: "limits") {
            let known = DeclaredLimits.names
            guard known.contains(member.name) else { throw unknown(member, "there is no limit", among: known) }
            let text: String
            switch member.value.value {
            case .integer(let number): text = String(number)
            case .string: text = try source.text(member.value, of: "a limit", most: 40)
            default:
                throw source.failure(
                    "a limit is a whole number or a string such as \"5s\" or \"64MiB\"", at: member.value.start)
            }
            let limit = RunbookHeader.DeclaredLimit(
                name: member.name, text: text, place: source.place(member.value.start))
            if let problem = DeclaredLimits.problem(with: limit) {
                throw source.failure("the limit \(member.name) \(problem)", at: member.value.start)
            }
            result.append(limit)
        }
        return result
    }

    private func unknown(_ member: HeaderSource.Member, _ what: String, among known: [String]) -> Failure {
        source.failure(
            "\(what) `\(TextExcerpt.of(member.name))`", at: member.start,
            hint: Spelling.suggestion(for: member.name, among: known) ?? "there are " + known.joined(separator: ", "))
    }
}
