// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// What became of a change whose answer was lost, found out by looking.
public enum CallFate: Hashable, Sendable {
    /// The cluster took it and this task carries it out, or did: follow it.
    case task(UPID)
    /// What it should bring about is there and was not before.
    case done(EffectReport?)
    /// It was not carried out; the text is the proof.
    case notHappened(String)
    /// It cannot be told; the text is what was seen.
    case unknown(String)
}

extension ProxmoxClient {
    /// Finds out what became of a change whose answer was lost; it is never sent again.
    ///
    /// Three things are looked at until one of them tells: the node's task list for a task that was not there before, the
    /// guest for the effect, and its configuration's digest. That the change was not carried out is only said when the
    /// whole time has passed, the task list certainly shows every task since, the credential may see all of them, and the
    /// guest is as it was.
    ///
    /// - Parameters:
    ///   - call: The change.
    ///   - mark: What the task list held before; see ``watermark(for:)``.
    ///   - before: What was true of the guest before.
    ///   - window: How long to look. A node that took a request may work on it for 30 s before its proxies give up.
    public func fate(
        of call: APICall, since mark: TaskWatermark?, before: GuestFacts? = nil, window: Duration = .seconds(35)
    ) async throws(Failure) -> CallFate {
        guard let trace = CallTrace(call) else {
            return .unknown("this call leaves no trace in a task list or on a guest")
        }
        // What an agent does shows in the guest alone, except for where it ends the guest.
        if call.path.segments.dropFirst(4).first == "agent", trace.effect == .none {
            return .unknown("what a guest's agent did leaves no trace outside of the guest")
        }
        var schedule = PollSchedule(now: clock.now(), timeout: window, first: .milliseconds(200), longest: .seconds(2))
        while true {
            let sight = await look(for: trace, mark, before, call)
            if let fate = sight.fate { return fate }
            switch schedule.step(now: clock.now()) {
            case .wait(let pause):
                do { try await clock.sleep(for: pause) } catch {
                    throw Failure(.cancelled, "the looking was given up")
                }
            case .giveUp: return await verdict(sight, trace, call)
            }
        }
    }

    /// The task of a change whose answer named none although one was started, if it shows within three seconds.
    public func unnamedTask(since mark: TaskWatermark) async -> UPID? {
        guard !mark.trace.types.isEmpty else { return nil }
        for _ in 0..<6 {
            if let rows = try? await tasks(on: mark.trace.node, limit: Self.lookRows) {
                let found = mark.candidates(in: rows, user: identity)
                // Of several, as calls of the same kind side by side leave them, nobody can tell whose is which.
                if found.count > 1 { return nil }
                if let task = found.first { return task.upid }
            }
            guard (try? await clock.sleep(for: .milliseconds(500))) != nil else { return nil }
        }
        return nil
    }

    /// What one look saw.
    struct Sight {
        var fate: CallFate?
        /// Whether the list certainly holds every task since; nil where it could not be read.
        var isCovered: Bool?
        /// Whether the guest is as it was; nil where that cannot be told.
        var isUnchanged: Bool?
        var words: [String] = []
        /// The guest as it was seen.
        var report: EffectReport?
    }

    private func look(
        for trace: CallTrace, _ mark: TaskWatermark?, _ before: GuestFacts?, _ call: APICall
    ) async -> Sight {
        var sight = Sight()
        do throws(Failure) {
            if let mark {
                let rows = try await tasks(on: trace.node, limit: Self.lookRows)
                let found = mark.candidates(in: rows, user: identity)
                if found.count == 1, let only = found.first, !trace.types.isEmpty {
                    sight.fate = .task(only.upid)
                    return sight
                }
                if !found.isEmpty {
                    let names = found.prefix(5).map(\.upid.description).joined(separator: ", ")
                    sight.words.append("it may be one of these tasks: \(names)")
                }
                sight.isCovered = found.isEmpty && mark.isCovered(by: rows, limit: Self.lookRows)
                if found.isEmpty { sight.words.append("no new task on \(trace.node)") }
            }
        } catch {
            sight.words.append("the task list of \(trace.node) cannot be read (\(error.message))")
        }
        await lookAtGuest(trace, before, call, &sight)
        return sight
    }

    /// Looks at the guest: whether the effect is there, and whether it is as it was.
    func lookAtGuest(_ trace: CallTrace, _ before: GuestFacts?, _ call: APICall, _ sight: inout Sight) async {
        guard let before, trace.made == nil || trace.made?.vmid == before.vmid else {
            if let made = trace.made { sight.isUnchanged = await isFree(made.vmid) }
            return
        }
        do throws(Failure) {
            let report = try await observe(trace.effect, before.reference, before)
            sight.report = report
            if let proof = EffectProof.of(call, trace, report, before) {
                sight.fate = proof ? .done(report) : nil
            }
            sight.isUnchanged = EffectProof.isUnchanged(report.facts, since: before)
            sight.words.append("the guest is \(report.observed)")
        } catch {
            sight.words.append("the guest cannot be looked at (\(error.message))")
        }
    }

    func verdict(_ sight: Sight, _ trace: CallTrace, _ call: APICall) async -> CallFate {
        let seen = sight.words.joined(separator: "; ")
        guard !trace.types.isEmpty || !EffectProof.mayAllocate(call) else {
            return .unknown("\(seen); the node may still be making a disk")
        }
        guard sight.isCovered == true, trace.isKnown else { return .unknown(seen) }
        guard sight.isUnchanged ?? (trace.vmid == nil) else { return .unknown(seen) }
        guard await maySeeAllTasks(on: trace.node) else {
            return .unknown("\(seen); without Sys.Audit on /nodes/\(trace.node) tasks may be hidden")
        }
        return .notHappened(seen)
    }

    func maySeeAllTasks(on node: NodeName) async -> Bool {
        let path = "/nodes/\(node)"
        do throws(Failure) {
            let answer = try await send(.get("access", "permissions", parameters: [("path", .text(path))]))
            return Permissions(answer.data)?.holds(["Sys.Audit"], at: ACLPath(path)) == true
        } catch {
            return false
        }
    }

    /// Whether no guest has that number; nil where it cannot be told.
    func isFree(_ vmid: VMID) async -> Bool? {
        do throws(Failure) {
            _ = try await locate(vmid)
            return false
        } catch {
            return error.kind == .notFound ? true : nil
        }
    }

    private static var lookRows: Int { 500 }
}
