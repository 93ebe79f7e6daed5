// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model

extension RunbookHeader {
    /// The header for programs.
    public var json: JSONObject {
        JSONObject([
            ("name", JSONValue(name)), ("description", JSONValue(description)),
            ("params", .array(parameters.map(\.json))),
            ("actions", actions.map { .array($0.patterns.map { .string($0.pattern) }) } ?? .null),
            ("callers", callers.map { .array($0.callers.sorted().map { .string($0.rawValue) }) } ?? .null),
            ("limits", .object(JSONObject(limits.map { ($0.name, .string($0.text)) }))),
        ])
    }
}

extension RunbookParameter {
    fileprivate var json: JSONValue {
        .object(
            JSONObject([
                ("name", .string(name)), ("type", .string(kind.rawValue)), ("list", .bool(isList)),
                ("required", .bool(isRequired)), ("default", JSONValue(texts.standard)), ("help", JSONValue(help)),
                ("one_of", texts.choices.map { .array($0.map(JSONValue.string)) } ?? .null),
                ("min", JSONValue(texts.least)), ("max", JSONValue(texts.most)),
                ("pattern", JSONValue(pattern?.pattern)), ("secret", .bool(isSecret)),
            ]))
    }
}
