// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Text
internal import YAML

/// The form of a policy's `limits`.
struct LimitFile {
    func read(_ node: YAMLNode) throws(YAMLError) -> PolicyLimits {
        let reader = try YAMLReader(node, of: "limits", keys: ["run", "hour", "callers", "script"])
        var result = try spans(reader, nil)
        if let callers = reader.optional("callers") {
            for (key, value) in try callers.members() {
                let caller = Caller(rawValue: try key.word(of: Caller.allCases.map(\.rawValue)))
                let inner = try YAMLReader(value, of: "the limits of a caller", keys: ["run", "hour"])
                result += try spans(inner, caller)
            }
        }
        var script: [ScriptBound] = []
        for (key, value) in try reader.optional("script")?.members() ?? [] {
            let place = "\(value.file):\(value.line):\(value.column)"
            script.append(ScriptBound(name: try key.text(), value: try value.text(), place: place))
        }
        guard !result.isEmpty || !script.isEmpty else { throw node.error("limits must hold at least one limit") }
        return PolicyLimits(result, script: script)
    }

    private func spans(_ reader: YAMLReader, _ caller: Caller?) throws(YAMLError) -> [Limit] {
        var result: [Limit] = []
        for span in Limit.Span.allCases {
            guard let node = reader.optional(span.rawValue) else { continue }
            for (key, value) in try node.members() { result.append(try limit(span, key, value, caller)) }
        }
        return result
    }

    private func limit(
        _ span: Limit.Span, _ key: YAMLNode, _ value: YAMLNode, _ caller: Caller?
    ) throws(YAMLError) -> Limit {
        func count(from least: Int = 0) throws(YAMLError) -> Int { try value.integer(in: least...1_000_000) }
        switch try key.text() {
        case "changes": return Limit(span, .changes, most: try count(), caller: caller)
        case "guests": return Limit(span, .guests, most: try count(), caller: caller)
        case "pool", "canary":
            guard span == .run else { throw key.error("this limit is one of a run, not of an hour") }
            guard try key.text() == "pool" else {
                return Limit(span, .canary, most: try count(from: 1), caller: caller)
            }
            return Limit(span, .pool, most: try percentage(value), caller: caller)
        case let text:
            let glob = Glob(text)
            guard ActionClassifier.knows(glob) else {
                let known = ["changes", "guests", "pool", "canary"] + ActionClassifier.vocabulary.map(\.rawValue)
                let hint = Spelling.suggestion(for: text, among: known).map { "; \($0)" } ?? ""
                throw key.error("no limit and no action is called `\(text)`\(hint)")
            }
            return Limit(span, .action(glob), most: try count(), caller: caller)
        }
    }

    private func percentage(_ node: YAMLNode) throws(YAMLError) -> Int {
        let text = try node.text()
        guard text.hasSuffix("%"), let number = Int(text.dropLast()), (1...100).contains(number) else {
            throw node.error("expected a share from 1% to 100%, found `\(text)`")
        }
        return number
    }
}
