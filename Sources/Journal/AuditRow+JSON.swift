// SPDX-License-Identifier: Apache-2.0
public import JSON

extension AuditRow {
    /// All fields, so that whoever has the rows can compute the hashes; the body stands as the very text that is hashed.
    public var json: JSONValue {
        .object(
            JSONObject([
                ("sequence", JSONValue(sequence)), ("time", .number(time)), ("kind", .string(kind)),
                ("account", .string(account)), ("run", JSONValue(run)), ("step", step.map { JSONValue($0) } ?? .null),
                ("cluster", JSONValue(cluster)), ("body", .string(body)), ("hash", .string(hash)),
            ]))
    }

    /// A row as an export or a copy has it; nil where it is none.
    public init?(_ json: JSONValue) {
        func integer(_ name: String) -> Int? {
            guard case .integer(let number)? = json[name] else { return nil }
            return Int(exactly: number)
        }
        let time: Double
        switch json["time"] {
        case .number(let number)?: time = number
        case .integer(let number)?: time = Double(number)
        default: return nil
        }
        guard let sequence = integer("sequence"), let kind = json["kind"]?.string,
            let account = json["account"]?.string, let body = json["body"]?.string, let hash = json["hash"]?.string
        else { return nil }
        self.init(
            sequence: sequence, time: time, account: account, kind: kind, run: json["run"]?.string,
            step: integer("step"), cluster: json["cluster"]?.string, body: body, hash: hash)
    }
}
