// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// Finds out what became of a change that another process may have sent before it died; nothing is sent.
    ///
    /// The same is looked at as for a lost answer, and more is asked for, since others have had time to do the same to the
    /// guest: a task is taken for the change's own only if it began when the change was sent by the cluster's clock; that the
    /// effect is there proves nothing for a change that makes a task, unless the effect itself tells when it came about.
    ///
    /// - Parameter window: How long a node may work on a request before its proxies give up.
    public func pastFate(
        of past: PastCall, window: Duration = .seconds(35)
    ) async throws(Failure) -> CallFate {
        guard let trace = CallTrace(past.call) else {
            return .unknown("this call leaves no trace in a task list or on a guest")
        }
        if past.call.path.segments.dropFirst(4).first == "agent", trace.effect == .none {
            return .unknown("what a guest's agent did leaves no trace outside of the guest")
        }
        let start = clock.now()
        var pause = Duration.milliseconds(500)
        while true {
            let sight = try await lookBack(past, trace, limit: window.inSeconds)
            if let fate = sight.look.fate { return fate }
            // Time has certainly passed where all clocks agree that it has; else it is waited for.
            let passed = clock.now() - start
            let left = max(.zero, window - max(passed, past.elapsed(sight.serverTime)))
            guard left > .zero else { return await verdict(sight, trace, past) }
            do { try await clock.sleep(for: min(left, pause)) } catch {
                throw Failure(.cancelled, "the looking was given up")
            }
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// What one look back saw.
    private struct Hindsight {
        var look = Sight()
        /// The cluster's time.
        var serverTime: Double?
        /// Whether a task was seen that may be the change's own or not.
        var isAmbiguous = false
        /// Whether the effect came about when the change would have brought it about.
        var isTimely = false
    }

    private func lookBack(
        _ past: PastCall, _ trace: CallTrace, limit: Double
    ) async throws(Failure) -> Hindsight {
        var sight = Hindsight()
        var window: PastWindow?
        let nodes = await servingNodes(trace, past.evidence.before)
        for node in nodes.own + nodes.others {
            let isOwn = nodes.own.contains(node)
            if !isOwn, sight.look.fate != nil { break }
            let rows: [TaskRow]
            do throws(Failure) {
                let list = try await taskList(on: node, limit: Self.pastRows)
                rows = list.rows
                sight.serverTime = list.time.map { Double($0) + 0.5 } ?? sight.serverTime
            } catch {
                if error.kind == .cancelled { throw error }
                sight.look.isCovered = false
                sight.look.words.append("the task list of \(node) cannot be read (\(error.message))")
                continue
            }
            let span = window ?? past.window(sight.serverTime, limit: limit)
            window = span
            if isOwn {
                let covered = past.evidence.mark?.isCovered(by: rows, span) ?? false
                sight.look.isCovered = covered && sight.look.isCovered != false
                if !covered { sight.look.words.append("the task list of \(node) does not reach back that far") }
            }
            try await judge(rows, past, trace, span, isOwn: isOwn, &sight)
        }
        if sight.look.fate == nil {
            await lookAtGuest(trace, past.evidence.before, past.call, &sight.look)
            try await weigh(&sight, past, trace, window)
        }
        return sight
    }

    /// Takes the one task that can only be the change's own.
    private func judge(
        _ rows: [TaskRow], _ past: PastCall, _ trace: CallTrace, _ window: PastWindow, isOwn: Bool,
        _ sight: inout Hindsight
    ) async throws(Failure) {
        guard let mark = past.evidence.mark, !trace.types.isEmpty else { return }
        let akin = mark.candidates(in: rows, user: past.evidence.user)
        let taken = akin.isEmpty ? [] : try await past.taken(Set(akin.map(\.upid)))
        let fresh = akin.filter { !taken.contains($0.upid) && window.isNear(Double($0.upid.startTime)) }
        let fitting = fresh.filter { window.holds(Double($0.upid.startTime)) }
        if isOwn, !sight.isAmbiguous, sight.look.fate == nil, fitting.count == 1, let only = fitting.first,
            past.evidence.user != nil
        {
            sight.look.fate = .task(only.upid)
        } else if !fresh.isEmpty {
            sight.isAmbiguous = true
            sight.look.fate = nil
            let names = fresh.prefix(5).map(\.upid.description).joined(separator: ", ")
            sight.look.words.append("it may be one of these tasks: \(names)")
        } else if isOwn {
            sight.look.words.append("no task fits")
        }
    }

    /// Of a change that makes a task the guest's state alone tells little, for others may have done the same since.
    private func weigh(
        _ sight: inout Hindsight, _ past: PastCall, _ trace: CallTrace, _ window: PastWindow?
    ) async throws(Failure) {
        guard !trace.types.isEmpty, case .done = sight.look.fate, let report = sight.look.report else { return }
        sight.look.isUnchanged = false
        if let window, sight.look.isCovered != true, !sight.isAmbiguous,
            let time = await effectTime(report, sight.serverTime), window.holds(time)
        {
            return
        }
        sight.look.fate = nil
        sight.look.words.append("the effect is there, but it may be somebody else's")
    }

    /// When an effect came about, by the cluster's clock, where it tells.
    private func effectTime(_ report: EffectReport, _ serverTime: Double?) async -> Double? {
        switch report.effect.condition {
        case .snapshotExists:
            guard let guest = report.facts?.reference, let path = try? guest.path("snapshot"),
                let rows = try? await send(APICall(.get, path)).data.array
            else { return nil }
            return rows.compactMap(GuestSnapshot.init).first { $0.name == report.effect.snapshot }?.time.map(
                Double.init)
        case .running, .restarted:
            guard let facts = report.facts, facts.isRunning, let serverTime else { return nil }
            return serverTime - Double(facts.uptime)
        default: return nil
        }
    }

    private func verdict(_ sight: Hindsight, _ trace: CallTrace, _ past: PastCall) async -> CallFate {
        let seen = sight.look.words.joined(separator: "; ")
        guard !sight.isAmbiguous, past.evidence.mark != nil, past.evidence.user != nil else { return .unknown(seen) }
        return await verdict(sight.look, trace, past.call)
    }

    /// The nodes whose tasks the change's own may be among, and further ones that it has to do with.
    private func servingNodes(_ trace: CallTrace, _ before: GuestFacts?) async -> (own: [NodeName], others: [NodeName])
    {
        guard trace.node.rawValue == "localhost" else {
            let others = [trace.made?.node, trace.effect.node, before?.node].compactMap { $0 }
            return ([trace.node], Set(others).subtracting([trace.node]).sorted { $0.rawValue < $1.rawValue })
        }
        // The host that took the call served it, and which one that was nobody knows.
        let all = (try? await resources(type: .node))?.compactMap(\.node) ?? []
        return (all.isEmpty ? [trace.node] : all, [])
    }

    /// More than the archive of a node holds (pve-facts §4).
    private static var pastRows: Int { 5000 }
}

extension PastCall {
    /// How long ago it was sent, by the clock that says the least; nothing where one of them says that it is yet to come.
    fileprivate func elapsed(_ serverTime: Double?) -> Duration {
        let moment = max(intended, sent ?? intended)
        var spans = [now() - moment]
        if let serverTime, let offset = evidence.clockOffset { spans.append(serverTime - offset - moment) }
        guard let least = spans.min(), least.isFinite, least > 0 else { return .zero }
        return .seconds(min(least, 1e9))
    }

    /// When its task may have begun; a clock offset that was not noted is taken to be that of now.
    fileprivate func window(_ serverTime: Double?, limit: Double) -> PastWindow {
        PastWindow(self, offset: evidence.clockOffset ?? serverTime.map { $0 - now() } ?? 0, limit: limit)
    }
}

extension TaskWatermark {
    /// Whether a list of long after certainly shows every task that began since, though nodes forget their oldest tasks: it
    /// still holds one that had ended before, or one that had ended before the change was intended.
    func isCovered(by rows: [TaskRow], _ window: PastWindow) -> Bool {
        // A node remembers a thousand tasks at least: a shorter list has lost none.
        isCovered(by: rows, limit: 500)
            || rows.contains { row in row.endTime.map { Double($0) < window.begin } ?? false }
    }
}
