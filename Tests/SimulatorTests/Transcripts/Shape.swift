// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON

/// Compares a recorded answer with a simulated one: same members, same types, same words where words matter.
enum Shape {
    /// Members whose texts must be the same.
    private static let words: Set<String> = [
        "message", "exitstatus", "status", "type", "name", "qmpstatus", "lock", "tags", "description", "comment",
        "content", "realm", "roleid", "ugid", "key", "poolid", "username", "subdir", "cmd", "feature", "snapstate",
    ]

    /// What is different, or nil.
    static func difference(_ expected: JSONValue, _ actual: JSONValue, _ place: String = "") -> String? {
        switch (expected, actual) {
        case (.object(let left), .object(let right)): return objects(left, right, place)
        case (.array(let left), .array(let right)):
            if left.isEmpty != right.isEmpty { return "\(place): \(left.count) elements there, \(right.count) here" }
            for (index, element) in left.enumerated() {
                let complaints = right.map { difference(element, $0, "\(place)[\(index)]") }
                if !complaints.contains(where: { $0 == nil }) {
                    return closest(element, right, complaints) ?? "\(place)[\(index)]: nothing alike"
                }
            }
            return nil
        case (.string(let left), .string(let right)):
            let name = place.split(separator: ".").last.map(String.init) ?? ""
            let isTaskEnd = name == "t" && left.hasPrefix("TASK ")
            guard words.contains(name) || place.contains(".errors.") || isTaskEnd else { return nil }
            if name == "content", Set(left.split(separator: ",")) == Set(right.split(separator: ",")) { return nil }
            return plain(left) == plain(right) ? nil : "\(place): '\(left)' there, '\(right)' here"
        case (.integer, .integer), (.number, .number), (.integer, .number), (.number, .integer), (.null, .null),
            (.bool, .bool):
            return nil
        default: return "\(place): \(kind(expected)) there, \(kind(actual)) here"
        }
    }

    /// The complaint about the element that names the same thing.
    private static func closest(_ wanted: JSONValue, _ all: [JSONValue], _ complaints: [String?]) -> String? {
        for key in ["id", "vmid", "upid", "name", "node", "volid", "storage", "key", "subdir"] {
            guard let value = wanted[key] else { continue }
            if let index = all.firstIndex(where: { $0[key] == value }) { return complaints[index] }
        }
        return complaints.first ?? nil
    }

    private static func objects(_ left: JSONObject, _ right: JSONObject, _ place: String) -> String? {
        let missing = Set(left.keys).subtracting(right.keys).sorted()
        let extra = Set(right.keys).subtracting(left.keys).sorted()
        if !missing.isEmpty || !extra.isEmpty {
            let lacks = missing.isEmpty ? "" : " lacks \(missing.joined(separator: ", "))"
            let has = extra.isEmpty ? "" : " has \(extra.joined(separator: ", ")) too"
            return "\(place):\(lacks)\(has)"
        }
        for (key, value) in left.members {
            if let complaint = difference(value, right[key] ?? .null, "\(place).\(key)") { return complaint }
        }
        return nil
    }

    /// Without what differs from run to run.
    static func plain(_ text: String) -> String {
        text.replacingOccurrences(of: #"\.tmp\.\d+"#, with: ".tmp.N", options: .regularExpression)
    }

    private static func kind(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
