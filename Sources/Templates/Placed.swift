// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
internal import YAML

/// A value with the place where it was written: a line of a template file, or an argument of a call.
public struct Placed<Value: Sendable>: Sendable {
    /// The value.
    public let value: Value
    let node: YAMLNode

    init(_ value: Value, at node: YAMLNode) {
        self.value = value
        self.node = node
    }

    /// A refusal of this value that says where it stands.
    public func failure(_ text: String, hint: String? = nil) -> Failure {
        node.error(text).failure(hint: hint)
    }
}

extension YAMLError {
    /// The failure: of kind `config` with file, line and column, or of kind `parameter` for what came as an argument.
    func failure(hint: String? = nil) -> Failure {
        // An argument has a name and no line; see ``YAMLNode/init(argument:at:)``.
        if line == 0 { return .parameter(file, message, hint: hint) }
        return Failure(.config, description, hint: hint)
    }
}

extension YAMLNode {
    /// The value of an argument as if it had been written in a file, so that both are read by the same rules.
    init(argument value: JSONValue, at name: String) {
        let kind: Kind
        switch value {
        case .string(let text): kind = .scalar(text, quoted: true)
        case .array(let elements):
            kind = .sequence(
                elements.enumerated().map { YAMLNode(argument: $0.element, at: "\(name)[\($0.offset + 1)]") })
        case .object(let object):
            kind = .mapping(
                object.members.map { key, value in
                    let place = "\(name).\(key)"
                    return (
                        YAMLNode(.scalar(key, quoted: true), file: place, line: 0, column: 0),
                        YAMLNode(argument: value, at: place)
                    )
                })
        case .null: kind = .scalar("", quoted: false)
        default: kind = .scalar(value.text, quoted: false)
        }
        self.init(kind, file: name, line: 0, column: 0)
    }

    /// This mapping with the members of another in place of its own; mappings inside are joined in the same way.
    func overridden(by other: YAMLNode) -> YAMLNode {
        guard case .mapping(let mine) = kind, case .mapping(let theirs) = other.kind else { return other }
        var joined = mine
        for member in theirs {
            guard let name = member.key.scalar else { continue }
            if let index = joined.firstIndex(where: { $0.key.scalar == name }) {
                joined[index].value = joined[index].value.overridden(by: member.value)
            } else {
                joined.append(member)
            }
        }
        return YAMLNode(.mapping(joined), file: file, line: line, column: column)
    }

    /// The value for scripts: numbers and truth values as such where they were not quoted.
    var json: JSONValue {
        switch kind {
        case .mapping(let members):
            .object(JSONObject(members.map { ($0.key.scalar ?? "", $0.value.json) }))
        case .sequence(let elements): .array(elements.map(\.json))
        case .scalar(let text, let quoted):
            if quoted {
                .string(text)
            } else if let number = try? integer() {
                JSONValue(number)
            } else if let flag = try? boolean() {
                .bool(flag)
            } else {
                isNull ? .null : .string(text)
            }
        }
    }
}
