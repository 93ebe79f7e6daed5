// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// Carries over to one answer what differs between two others.
enum Difference {
    /// What names a row of a list, the first that it has.
    private static let names = ["upid", "volid", "sid", "id", "vmid", "key", "poolid", "name", "group", "n"]

    /// `base` with everything changed, added or removed that is so from `old` to `new`.
    static func apply(to base: JSONValue, _ old: JSONValue, _ new: JSONValue) -> JSONValue {
        if old == new { return base }
        switch (base, old, new) {
        case (.object(let base), .object(let old), .object(let new)): return .object(members(base, old, new))
        case (.array(let base), .array(let old), .array(let new)):
            return rows(base, old, new).map(JSONValue.array) ?? .array(new)
        default: return new
        }
    }

    private static func members(_ base: JSONObject, _ old: JSONObject, _ new: JSONObject) -> JSONObject {
        var result = base
        for key in old.keys where new[key] == nil { result[key] = nil }
        for (key, value) in new.members {
            let before = old[key]
            if before == value { continue }
            guard let before, let present = base[key] else {
                result[key] = value
                continue
            }
            result[key] = apply(to: present, before, value)
        }
        return result
    }

    /// The rows by name, those of `base` in their order and each new one behind the row that it follows; nil where rows have no names.
    private static func rows(_ base: [JSONValue], _ old: [JSONValue], _ new: [JSONValue]) -> [JSONValue]? {
        guard let before = named(old), let after = named(new), named(base) != nil else { return nil }
        var result: [JSONValue] = []
        for row in base {
            let name = name(of: row) ?? ""
            if let present = after[name] {
                result.append(apply(to: row, before[name] ?? row, present))
            } else if before[name] == nil {
                result.append(row)
            }
        }
        var places = Set(result.compactMap(name))
        var previous: String?
        for row in new {
            guard let name = name(of: row) else { continue }
            if before[name] == nil, places.insert(name).inserted {
                let place = previous.flatMap { previous in result.firstIndex { Self.name(of: $0) == previous } }
                result.insert(row, at: place.map { $0 + 1 } ?? (previous == nil ? 0 : result.endIndex))
            }
            previous = name
        }
        return result
    }

    private static func name(of row: JSONValue) -> String? {
        for key in names {
            if let text = row[key]?.perlText { return "\(key)=\(text)" }
        }
        return nil
    }

    private static func named(_ rows: [JSONValue]) -> [String: JSONValue]? {
        var result: [String: JSONValue] = [:]
        for row in rows {
            guard let name = name(of: row) else { return nil }
            result[name] = row
        }
        return result
    }
}
