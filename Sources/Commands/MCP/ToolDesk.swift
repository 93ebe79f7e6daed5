// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import MCP
internal import Model

/// What all tools work with.
struct ToolDesk: Sendable {
    let context: CommandContext
    let options: GlobalOptions
    /// For whom the client works, as the operator said when the server was started.
    let principal: String?

    var shelf: PlanShelf { PlanShelf(Workplace(context: context, options: options).locations) }

    func child(_ call: ToolCall) -> AgentChild {
        var arguments: [String] = []
        if let config = options.config { arguments.append("--config=\(config)") }
        if let cluster = options.cluster, call.arguments["cluster"] == nil { arguments.append("--cluster=\(cluster)") }
        if options.readOnly { arguments.append("--read-only") }
        arguments += options.limit.map { "--limit=\($0)" }
        return AgentChild(context: context, options: arguments, client: call.client, principal: principal)
    }

    func journal() throws(Failure) -> any WholeJournal {
        try Workplace(context: context, options: options).openJournal()
    }

    /// What a tool's work comes to, errors included.
    func answering(_ work: () async throws(Failure) -> ToolResult) async -> ToolResult {
        do throws(Failure) { return try await work() } catch { return ToolAnswer.failure(error) }
    }
}

/// Work that goes to its end although whoever wants it is cancelled.
enum Uncancelled {
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Task { () -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
        }
        return try await task.value.get()
    }
}

/// The schemas of answers.
enum ToolSchema {
    /// An object with members of these types, and others.
    static func object(_ members: KeyValuePairs<String, String>) -> JSONValue {
        [
            "type": "object",
            "properties": .object(JSONObject(members.map { ($0.key, ["type": .string($0.value)]) })),
        ]
    }
}
