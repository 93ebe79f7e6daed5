// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model
internal import Proxmox

/// Operations that never leave this machine.
enum LocalHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "cluster": cluster,
        "log": log,
        "fail": fail,
        "sleep": sleep,
        "now": now,
        "table": table,
    ]

    /// Only checks the name: the cluster is opened when something is asked of it.
    static func cluster(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let name = call.arguments.text("name") ?? call.environment.clusterName
        try call.gate.run.run.clusters.check(name)
        return .object(JSONObject([("name", .string(name))]))
    }

    static func log(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let level = call.arguments.text("level").flatMap(LogLevel.init) ?? .info
        call.environment.output.log(level, call.arguments.text("message") ?? "")
        return .null
    }

    static func fail(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let kind = options.text("kind").flatMap(ErrorKind.init(rawValue:)) ?? .script
        var failure = Failure(kind, call.arguments.text("message") ?? "", hint: options.text("hint"))
        failure.vmid = try? options.guest("vmid").rawValue
        throw failure
    }

    static func sleep(_ call: OperationCall) async throws(Failure) -> JSONValue {
        do throws(CancellationError) {
            try await call.environment.clock.sleep(for: call.arguments.seconds("seconds") ?? .zero)
        } catch {
            throw Failure(.cancelled, "interrupted while sleeping")
        }
        return .null
    }

    static func now(_ call: OperationCall) async throws(Failure) -> JSONValue {
        .number(call.environment.scriptTime())
    }

    static func table(_ call: OperationCall) async throws(Failure) -> JSONValue {
        guard let rows = call.arguments.value("rows")?.array else { return .null }
        let columns = call.arguments.value("columns")?.array?.compactMap(\.string)
        for (index, row) in rows.enumerated() where row.object == nil {
            throw .parameter("rows[\(index + 1)]", "must be a record")
        }
        call.environment.output.table(RunTable(records: rows, columns: columns))
        return .null
    }
}

extension RunTable {
    /// Makes a table of records; without a choice of columns all fields appear, those of every record in their order.
    public init(records: [JSONValue], columns chosen: [String]? = nil) {
        let columns = chosen ?? Self.columns(of: records)
        rows = records.map { record in columns.map { Self.cell(record[$0]) } }
        self.columns = columns
    }

    /// The names that matter most to an operator stand first, the others by name: Lua tables have no order of their own.
    private static func columns(of records: [JSONValue]) -> [String] {
        let known = ["vmid", "name", "node", "kind", "status", "tags", "pool"]
        let found = Set(records.flatMap { $0.object?.keys ?? [] })
        return known.filter(found.contains) + found.subtracting(known).sorted()
    }

    private static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        // Lua cannot tell an empty list from an empty record.
        case .object(let object) where object.members.isEmpty: ""
        case .array(let elements): elements.map { Self.cell($0) }.joined(separator: ",")
        case let value?: value.text
        }
    }
}
