// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import MCP
internal import Model

/// The tools around runs, which are apply, status, cancel and log.
///
/// None of them approves, resolves, freezes or overrides.
struct RunTools: Sendable {
    let desk: ToolDesk

    private static let id = ToolParameter("id", .text(longest: 100), required: true, "A run's id, or a plan's digest.")
    private static let run = ToolSchema.object(["run": "object", "plan": "object"])

    var tools: [Tool] { [apply, status, cancel, log] }

    private var apply: Tool {
        Tool(
            name: "apply",
            description:
                "Carry out a plan by its digest, once: asked again it tells of the same run. Waits for approval and for the "
                + "end of the run if asked to.",
            parameters: [
                ToolParameter("digest", .text(longest: 64), required: true, "From plan."),
                ToolParameter("wait", .whole(0...3600), "Seconds to wait; default 30. The run goes on without you."),
            ] + ToolBudget.parameters,
            output: Self.run,
            annotations: .init(isReadOnly: false, isDestructive: true, isIdempotent: true, isOpenWorld: true)
        ) { call in await desk.answering { () async throws(Failure) in try await apply(call) } }
    }

    private var status: Tool {
        Tool(
            name: "status", description: "How a run or a plan stands: its changes, who has approved or denied it.",
            parameters: [Self.id] + ToolBudget.parameters, output: Self.run,
            annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false)
        ) { call in await desk.answering { () async throws(Failure) in try await status(call) } }
    }

    private var cancel: Tool {
        Tool(
            name: "cancel",
            description: "Have a run end: what was sent is finished, nothing new is begun.",
            parameters: [Self.id] + ToolBudget.parameters, output: Self.run,
            annotations: .init(isReadOnly: false, isDestructive: false, isIdempotent: true, isOpenWorld: true)
        ) { call in await desk.answering { () async throws(Failure) in try await cancel(call) } }
    }

    private var log: Tool {
        Tool(
            name: "log", description: "What a run has printed; with tasks the last lines of its tasks' logs.",
            parameters: [Self.id, ToolParameter("tasks", .flag, "")] + ToolBudget.parameters,
            output: ToolSchema.object(["output": "string", "run": "object"]),
            annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: true)
        ) { call in await desk.answering { () async throws(Failure) in try await log(call) } }
    }

    private func apply(_ call: ToolCall) async throws(Failure) -> ToolResult {
        let digest = call.arguments["digest"]?.string ?? ""
        guard PlanShelf.isDigest(digest) else {
            throw .parameter("digest", "is no digest: 64 digits, as plan returns them")
        }
        do throws(Failure) { return try await apply(digest, call) } catch {
            if call.isWithdrawn { try await withdraw(digest, call) }
            throw error
        }
    }

    private func apply(_ digest: String, _ call: ToolCall) async throws(Failure) -> ToolResult {
        let wait = call.arguments["wait"].flatMap(ToolBudget.whole) ?? 30
        let began = ContinuousClock.now
        let end = began + .seconds(wait)
        while true {
            if let run = try await desk.journal().planUse(digest) {
                return try await follow(run, from: began, until: end, call)
            }
            try requirePlan(digest)
            // Cut off in the middle, nobody would know whether the run has begun.
            let outcome = try await Uncancelled.run { () async throws(Failure) in
                try await desk.child(call).run(["apply", "--detach", "--", digest])
            }
            if let run = (try? JSONValue(parsing: outcome.output))?["run"]?.string {
                return try await follow(run, from: began, until: end, call)
            }
            // Another call may have been faster.
            if try await desk.journal().planUse(digest) != nil { continue }
            // Somebody else's signature may still come.
            guard outcome.error?["kind"]?.string == ErrorKind.approvalRequired.rawValue, ContinuousClock.now < end
            else {
                return ToolAnswer.failure(outcome) ?? ToolAnswer.failure(Failure(.script, "no run came of it"))
            }
            call.progress(Self.seconds(since: began), "waiting for approval: pvelua approve \(digest)")
            try await pause()
        }
    }

    /// The client does not want it any more: a run that has begun begins nothing new.
    private func withdraw(_ digest: String, _ call: ToolCall) async throws(Failure) {
        try await Uncancelled.run { () async throws(Failure) in
            guard let run = try await desk.journal().planUse(digest) else { return }
            _ = try await desk.child(call).run(["runs", "cancel", "--", run])
        }
    }

    /// Waits for a run's end, and tells of it.
    private func follow(
        _ run: String, from began: ContinuousClock.Instant, until end: ContinuousClock.Instant, _ call: ToolCall
    ) async throws(Failure)
        -> ToolResult
    {
        while true {
            let answer = try await shown(run, call)
            guard case .success(let detail) = answer else { return answer.failureResult }
            let isOver = detail["ended"].map { !$0.isNull } ?? false
            if isOver || ContinuousClock.now >= end { return try await told(detail, call) }
            let done = detail["changes"]?["done"].flatMap(ToolBudget.whole) ?? 0
            call.progress(Self.seconds(since: began), "run \(run): \(done) changes done")
            try await pause()
        }
    }

    private static func seconds(since began: ContinuousClock.Instant) -> Double {
        began.duration(to: ContinuousClock.now) / .seconds(1)
    }

    private func pause() async throws(Failure) {
        do { try await ContinuousClock().sleep(for: .milliseconds(500)) } catch {
            throw Failure(.cancelled, "the request was cancelled")
        }
    }

    private enum Shown {
        case success(JSONObject)
        case failure(AgentChild.Outcome)

        var failureResult: ToolResult {
            guard case .failure(let outcome) = self, let result = ToolAnswer.failure(outcome) else {
                return ToolAnswer.failure(Failure(.script, "the run cannot be told of"))
            }
            return result
        }
    }

    private func shown(_ run: String, _ call: ToolCall, _ more: [String] = []) async throws(Failure) -> Shown {
        let outcome = try await desk.child(call).run(["runs", "show"] + more + ["--", run])
        guard outcome.status == 0, let detail = (try? JSONValue(parsing: outcome.output))?.object else {
            return .failure(outcome)
        }
        return .success(detail)
    }

    /// Refuses a digest that no plan is kept under.
    private func requirePlan(_ digest: String) throws(Failure) {
        guard desk.shelf.holds(digest) else {
            throw Failure(.notFound, "there is no plan with this digest", hint: "the tool plan makes one")
        }
    }

    /// What a run has printed; its error, if any, is the last of the notes.
    private func printed(by run: String, _ call: ToolCall) async throws(Failure) -> AgentChild.Outcome {
        try await desk.child(call).run(["runs", "show", "--output", "--", run])
    }

    /// The error that a run ended with, as it was printed last.
    private func error(of run: String, _ call: ToolCall) async throws(Failure) -> JSONObject? {
        try await printed(by: run, call).notes.last.flatMap { (try? JSONValue(parsing: $0))?["error"]?.object }
    }

    /// A run with as many of its steps as are wanted.
    private func told(_ given: JSONObject, _ call: ToolCall) async throws(Failure) -> ToolResult {
        var detail = given
        if let status = detail["status"].flatMap(ToolBudget.whole), status != 0, let id = detail["id"]?.string,
            let error = try await error(of: id, call)
        {
            detail["error"] = .object(ToolAnswer.brief(error))
        }
        let (steps, next) = ToolBudget(call.arguments).cut((detail["steps"]?.array ?? []).map(RunBrief.step))
        var object = JSONObject([("run", RunBrief.run(detail, steps: steps))])
        if let next { object["next"] = JSONValue(next) }
        let state = detail["state"]?.string ?? "unknown"
        return ToolAnswer.result("The run \(detail["id"]?.string ?? "") is: \(state).", object)
    }

    /// The run of an id, or of the plan with a digest; nil for a plan that was not applied.
    private func run(of id: String) async throws(Failure) -> String? {
        PlanShelf.isDigest(id) ? try await desk.journal().planUse(id) : id
    }

    private func status(_ call: ToolCall) async throws(Failure) -> ToolResult {
        let id = call.arguments["id"]?.string ?? ""
        if let run = try await run(of: id) {
            let answer = try await shown(run, call)
            guard case .success(let detail) = answer else { return answer.failureResult }
            return try await told(detail, call)
        }
        try requirePlan(id)
        let outcome = try await desk.child(call).run(["approve", "--status", "--", id])
        guard var standing = (try? JSONValue(parsing: outcome.output))?.object else {
            return ToolAnswer.failure(outcome) ?? ToolAnswer.failure(Failure(.notFound, "there is no such plan"))
        }
        let isMet = standing["met"] == true
        // Its operations as `plan` has told them, to read on in a long one.
        let answer = PlanAnswer(plan: try desk.shelf.plan(id), digest: id, budget: ToolBudget(call.arguments))
        for (name, value) in answer.members.members { standing[name] = value }
        var object = JSONObject()
        object["next"] = standing["next"]
        standing["next"] = nil
        object["plan"] = .object(standing)
        return ToolAnswer.result(
            standing["denied"] != nil
                ? "The plan was denied, which is final." : isMet ? answer.then : "The plan is not approved yet.", object
        )
    }

    private func cancel(_ call: ToolCall) async throws(Failure) -> ToolResult {
        guard let run = try await run(of: call.arguments["id"]?.string ?? "") else {
            throw Failure(.notFound, "the plan was not applied, so there is nothing to cancel")
        }
        let outcome = try await desk.child(call).run(["runs", "cancel", "--wait", "30", "--", run])
        if let failure = ToolAnswer.failure(outcome) { return failure }
        let answer = try await shown(run, call)
        guard case .success(let detail) = answer else { return answer.failureResult }
        return try await told(detail, call)
    }

    private func log(_ call: ToolCall) async throws(Failure) -> ToolResult {
        guard let run = try await run(of: call.arguments["id"]?.string ?? "") else {
            throw Failure(.notFound, "the plan was not applied, so there is no log")
        }
        if call.arguments["tasks"] == true {
            let answer = try await shown(run, call, ["--log"])
            guard case .success(let detail) = answer else { return answer.failureResult }
            return try await told(detail, call)
        }
        let outcome = try await printed(by: run, call)
        if let failure = ToolAnswer.failure(outcome) { return failure }
        let printed = outcome.output + Array(outcome.notes.map { $0 + "\n" }.joined().utf8)
        let (shown, next) = ToolBudget(call.arguments).cut(printed)
        var object = JSONObject([("output", .string(shown))])
        if let next { object["next"] = JSONValue(next) }
        return ToolAnswer.result("What run \(run) has printed:", object)
    }
}
