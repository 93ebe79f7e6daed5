// SPDX-License-Identifier: Apache-2.0
internal import JSON

extension JSONValue {
    /// The value with no more in it than a report has use for: a test may compare values of any size.
    func trimmed() -> JSONValue {
        var budget = 4000
        return trimmed(&budget)
    }

    private func trimmed(_ budget: inout Int) -> JSONValue {
        budget -= 1
        guard budget > 0 else { return "…" }
        switch self {
        case .string(let text) where text.utf8.count > 8000:
            budget -= 100
            return .string(text.prefix(8000) + "…")
        case .string(let text):
            budget -= text.utf8.count / 80
            return self
        case .array(let elements):
            var kept: [JSONValue] = []
            for element in elements where budget > 0 { kept.append(element.trimmed(&budget)) }
            return .array(kept)
        case .object(let object):
            var kept: [(String, JSONValue)] = []
            for member in object.members where budget > 0 {
                kept.append((String(member.key.prefix(200)), member.value.trimmed(&budget)))
            }
            return .object(JSONObject(kept))
        default: return self
        }
    }
}
