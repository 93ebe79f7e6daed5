// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import TestSupport

/// What of a value a schema forbids; as much of JSON Schema as those of `docs/schemas` use.
///
/// - Parameter whole: The schema that references such as `#/$defs/kind` go into.
func schemaFaults(
    of value: JSONValue, by schema: JSONValue?, whole: JSONValue? = nil, at path: String = "error"
) -> [String] {
    guard let schema else { return ["\(path): no schema"] }
    let whole = whole ?? schema
    var faults: [String] = []
    if let reference = schema["$ref"]?.string {
        guard let found = SchemaFolder.follow(reference, from: whole) else {
            return ["\(path): \(reference) leads nowhere"]
        }
        faults += schemaFaults(of: value, by: found.schema, whole: found.whole, at: path)
    }
    if let choices = schema["anyOf"]?.array {
        let each = choices.map { schemaFaults(of: value, by: $0, whole: whole, at: path) }
        if !each.contains([]) { faults += ["\(path): is none of \(choices.count)"] + each.joined() }
    }
    if let words = schema["enum"]?.array, !words.contains(value) { faults.append("\(path): \(value.text)") }
    if let only = schema["const"], value != only { faults.append("\(path): \(value.text)") }
    if let types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map({ [$0] }),
        !types.contains(where: value.isOfType)
    {
        return faults + ["\(path): \(value.text.prefix(80)) is no \(types.joined(separator: " or "))"]
    }
    if let items = schema["items"], let elements = value.array {
        faults += elements.flatMap { schemaFaults(of: $0, by: items, whole: whole, at: path + "[]") }
    }
    return faults + objectFaults(of: value, by: schema, whole: whole, at: path)
}

private func objectFaults(of value: JSONValue, by schema: JSONValue, whole: JSONValue, at path: String) -> [String] {
    guard let object = value.object else { return [] }
    let required = (schema["required"]?.array ?? []).compactMap(\.string)
    var faults = required.filter { object[$0] == nil }.map { "\(path): lacks \($0)" }
    let others = schema["additionalProperties"]?.object.map(JSONValue.object)
    for (name, inner) in object.members {
        if let known = schema["properties"]?[name] ?? others {
            faults += schemaFaults(of: inner, by: known, whole: whole, at: "\(path).\(name)")
        } else if schema["additionalProperties"] == false {
            faults.append("\(path): \(name) is not in the schema")
        }
    }
    return faults
}

extension JSONValue {
    /// Whether JSON Schema's word for a type fits.
    fileprivate func isOfType(_ type: String) -> Bool {
        switch (type, self) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("integer", .integer), ("number", .integer), ("number", .number):
            true
        case ("integer", .number(let number)): number.rounded() == number
        default: false
        }
    }
}

/// The files of `docs/schemas`.
enum SchemaFolder {
    static let url = Places.repository.appendingPathComponent("docs/schemas")

    /// The names of all, without `.json`.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".json") }
            .map { String($0.dropLast(5)) }.sorted()
    }

    /// One of them, by its name without `.json`.
    static func schema(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: String(contentsOf: url.appendingPathComponent(name + ".json"), encoding: .utf8))
    }

    /// Where a reference such as `#/$defs/kind` or `error.json#/properties/error` leads.
    static func follow(_ reference: String, from whole: JSONValue) -> (schema: JSONValue, whole: JSONValue)? {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count == 2, let file = parts.first, let pointer = parts.last else { return nil }
        guard let root = file.isEmpty ? whole : try? schema(String(file.dropLast(5))) else { return nil }
        var place: JSONValue? = root
        for word in pointer.split(separator: "/") { place = place?[String(word)] }
        return place.map { ($0, root) }
    }
}
