// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import MCP
internal import Model

/// The tools that take Lua: `plan` and `run_readonly`.
struct ScriptTools: Sendable {
    let desk: ToolDesk

    private static let script = [
        ToolParameter("lua", .text(longest: 1 << 20), required: true, "The script. See docs for what `pve` has."),
        ToolParameter("cluster", .text(longest: 100), "A configured cluster; else the default one."),
        ToolParameter("params", .texts, "Parameters of the script, pve.params."),
    ]

    var tools: [Tool] { [plan, readOnly] }

    private var plan: Tool {
        Tool(
            name: "plan",
            description:
                "Run a script on a twin of the cluster and list each change it would make, with policy's verdict. Changes "
                + "nothing. Returns the digest that apply takes.",
            parameters: Self.script + ToolBudget.parameters,
            output: ToolSchema.object(["digest": "string", "demand": "string", "operations": "array"]),
            annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: false, isOpenWorld: true)
        ) { call in await desk.answering { () async throws(Failure) in try await plan(call) } }
    }

    private var readOnly: Tool {
        Tool(
            name: "run_readonly",
            description:
                "Run a script that only looks. Every change is refused before it is sent. Returns what it printed and returned.",
            parameters: Self.script + ToolBudget.parameters,
            output: ToolSchema.object(["output": "string", "error": "object"]),
            annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: false, isOpenWorld: true)
        ) { call in await desk.answering { () async throws(Failure) in try await readOnly(call) } }
    }

    private func options(_ call: ToolCall) -> [String] {
        var options: [String] = []
        if let cluster = call.arguments["cluster"]?.string { options.append("--cluster=\(cluster)") }
        for (name, value) in call.arguments["params"]?.object?.members ?? [] {
            options.append("--param=\(name)=\(value.string ?? "")")
        }
        return options
    }

    private func source(_ call: ToolCall) -> [UInt8] { Array((call.arguments["lua"]?.string ?? "").utf8) }

    private func plan(_ call: ToolCall) async throws(Failure) -> ToolResult {
        let script = try desk.shelf.keep(script: source(call))
        let draft = "\(desk.shelf.folder)/\(RunID.fresh()).plan.json"
        defer { desk.shelf.remove(draft) }
        let outcome = try await desk.child(call).run(["plan"] + options(call) + ["--out", draft, script])
        // A script that failed is planned up to there; the plan says so and cannot be applied.
        guard let answer = try? JSONValue(parsing: outcome.output), let digest = answer["digest"]?.string else {
            return ToolAnswer.failure(outcome) ?? ToolAnswer.failure(Failure(.script, "no plan came of it"))
        }
        if outcome.status != 0, let failure = ToolAnswer.failure(outcome) { return failure }
        try desk.shelf.put(draft, digest)
        return PlanAnswer(
            plan: answer["plan"] ?? .null, digest: digest, budget: ToolBudget(call.arguments), notes: outcome.told
        ).result
    }

    private func readOnly(_ call: ToolCall) async throws(Failure) -> ToolResult {
        let outcome = try await desk.child(call).run(
            ["eval"] + options(call) + ["--read-only", "-"], input: source(call))
        let (shown, next) = ToolBudget(call.arguments).cut(outcome.output)
        var object = JSONObject([("output", .string(shown))])
        if let next { object["next"] = JSONValue(next) }
        if let notes = outcome.told { object["notes"] = notes }
        if let error = outcome.error {
            object["error"] = .object(ToolAnswer.brief(error))
            object["status"] = JSONValue(outcome.status)
            let kind = error["kind"]?.string ?? "script"
            return ToolAnswer.result("It failed (\(kind)).", object, isError: true)
        }
        return ToolAnswer.result("It ran.", object)
    }
}
