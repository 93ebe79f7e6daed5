// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// Why a value is no part of a plan.
struct PlanError: Error, CustomStringConvertible {
    let description: String
}

/// Reads one JSON object of a plan; what it does not know is an error.
struct PlanReader {
    private let object: JSONObject
    private let what: String

    init(_ value: JSONValue, _ what: String, keys: Set<String>) throws(PlanError) {
        guard let object = value.object else { throw PlanError(description: "\(what) is no object") }
        guard Set(object.keys).count == object.keys.count, keys.isSuperset(of: object.keys) else {
            throw PlanError(description: "\(what) has members that it must not have")
        }
        self.object = object
        self.what = what
    }

    func text(_ key: String) throws(PlanError) -> String {
        guard let text = object[key]?.string else { throw PlanError(description: "\(what).\(key) is no text") }
        return text
    }

    func optionalText(_ key: String) throws(PlanError) -> String? {
        object[key] == nil ? nil : try text(key)
    }

    func integer(_ key: String) throws(PlanError) -> Int {
        guard case .integer(let number)? = object[key], number.magnitude < 1 << 53 else {
            throw PlanError(description: "\(what).\(key) is no whole number")
        }
        return Int(number)
    }

    func optionalInteger(_ key: String) throws(PlanError) -> Int? {
        object[key] == nil ? nil : try integer(key)
    }

    func flag(_ key: String) throws(PlanError) -> Bool {
        guard case .bool(let flag)? = object[key] else { throw PlanError(description: "\(what).\(key) is no boolean") }
        return flag
    }

    func value(_ key: String) throws(PlanError) -> JSONValue {
        guard let value = object[key] else { throw PlanError(description: "\(what).\(key) is missing") }
        return value
    }

    func list<Element>(
        _ key: String, _ read: (JSONValue) throws(PlanError) -> Element
    ) throws(PlanError) -> [Element] {
        guard let elements = object[key]?.array else { throw PlanError(description: "\(what).\(key) is no list") }
        var result: [Element] = []
        for element in elements { result.append(try read(element)) }
        return result
    }

    func texts(_ key: String) throws(PlanError) -> [String] {
        try list(key) { (value) throws(PlanError) in
            guard let text = value.string else { throw PlanError(description: "\(what).\(key) holds what is no text") }
            return text
        }
    }

    func textsByName(_ key: String) throws(PlanError) -> [String: String] {
        guard let members = object[key]?.object?.members else {
            throw PlanError(description: "\(what).\(key) is no object")
        }
        var result: [String: String] = [:]
        for member in members {
            guard let text = member.value.string, result.updateValue(text, forKey: member.key) == nil else {
                throw PlanError(description: "\(what).\(key) holds what is no text")
            }
        }
        return result
    }
}

/// Members of a JSON object, those left out that are nil.
func members(_ list: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(JSONObject(list.compactMap { name, value in value.map { (name, $0) } }))
}
