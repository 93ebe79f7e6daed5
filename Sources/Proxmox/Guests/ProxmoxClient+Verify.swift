// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// Waits until an effect is there: looks at the guest itself, wherever it is by then, until the condition holds.
    ///
    /// - Parameters:
    ///   - condition: What must become true.
    ///   - guest: The guest, where it was last.
    ///   - before: What was true before the request; `restarted` needs it.
    ///   - snapshot: The name, for `snapshotExists`.
    ///   - timeout: How long to wait for it.
    /// - Throws: ``Failure`` of the kind `guest_timeout`, or `task_failed` for a missing snapshot, whose message says what
    ///   is true instead; `outcome_unknown` where something stood in the way of looking.
    public func verify(
        _ condition: PostCondition, of guest: GuestReference, since before: GuestFacts? = nil, snapshot: String? = nil,
        timeout: Duration = .seconds(60)
    ) async throws(Failure) -> EffectReport {
        let wish = EffectCheck.wish(condition, snapshot: snapshot)
        let kind: ErrorKind = condition == .snapshotExists ? .taskFailed : .guestTimeout
        return try await poll(guest, timeout, wish: wish, kind: kind) { (place) throws(Failure) in
            try await self.observe(condition, place, before, snapshot)
        }
    }

    /// Waits until a guest is on a node and nothing holds it any more; a migration's task does not promise either.
    ///
    /// - Throws: ``Failure`` of the kind `task_failed` that says where the guest is instead.
    public func verify(
        _ guest: GuestReference, isOn node: NodeName, timeout: Duration = .seconds(60)
    ) async throws(Failure) -> EffectReport {
        try await poll(guest, timeout, wish: "be on \(node)", kind: .taskFailed) { (place) throws(Failure) in
            let facts = try await self.facts(following: place)
            return EffectReport(
                condition: .none, holds: facts.node == node && facts.lock != "migrate",
                observed: EffectCheck.observed(facts), facts: facts)
        }
    }

    private func poll(
        _ guest: GuestReference, _ timeout: Duration, wish: String, kind: ErrorKind,
        _ look: (GuestReference) async throws(Failure) -> EffectReport
    ) async throws(Failure) -> EffectReport {
        var schedule = PollSchedule(now: clock.now(), timeout: timeout)
        var place = guest
        while true {
            var last: Result<EffectReport, Failure>
            do throws(Failure) {
                let report = try await look(place)
                if report.holds { return report }
                place = report.facts.reference
                last = .success(report)
            } catch {
                guard error.isPassing else { throw Self.missing(guest, wish, kind, .failure(error)) }
                last = .failure(error)
            }
            switch schedule.step(now: clock.now()) {
            case .giveUp: throw Self.missing(guest, wish, kind, last)
            case .wait(let pause):
                do { try await clock.sleep(for: pause) } catch { throw Failure(.cancelled, "the waiting was given up") }
            }
        }
    }

    private func observe(
        _ condition: PostCondition, _ guest: GuestReference, _ before: GuestFacts?, _ snapshot: String?
    ) async throws(Failure) -> EffectReport {
        let facts = try await facts(following: guest)
        guard condition == .snapshotExists else {
            return EffectReport(
                condition: condition, holds: EffectCheck.holds(condition, facts, since: before),
                observed: EffectCheck.observed(facts), facts: facts)
        }
        let row = try await snapshotRow(facts.reference, snapshot ?? "")
        let state = row?["snapstate"]?.perlText ?? ""
        let words = row == nil ? "no such snapshot" : state.isEmpty ? "complete" : "incomplete (\(state))"
        return EffectReport(condition: condition, holds: words == "complete", observed: words, facts: facts)
    }

    private func snapshotRow(_ guest: GuestReference, _ name: String) async throws(Failure) -> JSONValue? {
        let rows = try await send(APICall(.get, guest.path("snapshot"))).data.array ?? []
        // The row `current` stands for the present, not for a snapshot.
        return rows.first { $0["name"]?.perlText == name && name != "current" }
    }

    private static func missing(
        _ guest: GuestReference, _ wish: String, _ kind: ErrorKind, _ last: Result<EffectReport, Failure>
    ) -> Failure {
        let wish = "guest \(guest.vmid) should \(wish)"
        var failure: Failure
        switch last {
        case .success(let report):
            failure = Failure(
                kind, "\(wish), but it is: \(report.observed)", hint: "look at the guest before doing it again")
            failure.node = report.facts.node.rawValue
        case .failure(let trouble):
            failure = trouble
            // The change was accepted before; not being able to look makes it neither done nor undone.
            if trouble.kind != .cancelled { failure.kind = .outcomeUnknown }
            failure.message = "\(wish), but it cannot be looked at: \(trouble.message)"
        }
        failure.vmid = guest.vmid.rawValue
        return failure
    }
}
