// SPDX-License-Identifier: Apache-2.0
public import JSON

/// An argument that is known only when the plan is applied: what an earlier operation of it gave.
///
/// In a plan's parameters it stands as `{"@result":{"field":"volume","operation":2}}`. Where the plan is applied, the argument
/// must be what that operation really gave.
public struct ResultReference: Hashable, Sendable {
    /// The number of the operation.
    public var operation: Int
    /// The field of its result.
    public var field: String

    /// Makes a reference.
    public init(operation: Int, field: String) {
        self.operation = operation
        self.field = field
    }

    /// As it stands among a plan's parameters.
    public var json: JSONValue {
        ["@result": ["field": .string(field), "operation": JSONValue(operation)]]
    }

    /// Reads one; nil for any other value.
    public init?(_ value: JSONValue) {
        guard let object = value.object, object.keys == ["@result"], let content = object["@result"]?.object,
            Set(content.keys) == ["field", "operation"], let field = content["field"]?.string,
            case .integer(let number)? = content["operation"], let operation = Int(exactly: number)
        else { return nil }
        self.init(operation: operation, field: field)
    }
}
