// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// Waits until an effect is there: looks at the guest itself, wherever it is by then, until the condition holds.
    ///
    /// - Parameters:
    ///   - effect: What must become true.
    ///   - guest: The guest, where it was last.
    ///   - before: What was true before the request; `restarted` needs it.
    ///   - task: The task of the change; where it only handed the change to high availability, what that did is told too.
    ///   - timeout: How long to wait for it.
    /// - Throws: ``Failure`` of the kind `guest_timeout`, or `task_failed` for what the task should have left behind, whose
    ///   message says what is true instead; `ha_state` where high availability gave up; `outcome_unknown` where something
    ///   stood in the way of looking.
    public func verify(
        _ effect: ExpectedEffect, of guest: GuestReference, since before: GuestFacts? = nil, task: UPID? = nil,
        timeout: Duration = .seconds(60)
    ) async throws(Failure) -> EffectReport {
        var schedule = PollSchedule(now: clock.now(), timeout: timeout)
        var grace = TroubleGrace()
        var place = guest
        while true {
            let last: Result<EffectReport, Failure>
            do throws(Failure) {
                let isBrief = before?.isBrief == true && effect.condition == .running && task?.isHandedToHA != true
                let report = try await observe(effect, place, before, isBrief: isBrief)
                grace = TroubleGrace()
                if report.holds { return await withChildren(report, of: task, at: place) }
                if let task, task.isHandedToHA, report.facts?.haState == "error" {
                    throw await gaveUp(report, effect, guest, task)
                }
                place = report.facts?.reference ?? place
                last = .success(report)
            } catch {
                // High availability starts a guest of a dead node on another one: that is worth the whole wait.
                let bears = task?.isHandedToHA == true ? error.isPassing : grace.bears(error, now: clock.now())
                guard bears else { throw Self.missing(guest, effect, before, .failure(error)) }
                last = .failure(error)
            }
            switch schedule.step(now: clock.now()) {
            case .giveUp:
                throw await blamingChild(Self.missing(guest, effect, before, last), of: task, at: place)
            case .wait(let pause):
                do { try await clock.sleep(for: pause) } catch { throw Failure(.cancelled, "the waiting was given up") }
            }
        }
    }

    /// One look at an effect.
    ///
    /// - Parameter isBrief: Whether the guest's state alone is enough, which its node may list for many.
    func observe(
        _ effect: ExpectedEffect, _ guest: GuestReference, _ before: GuestFacts?, isBrief: Bool = false
    ) async throws(Failure) -> EffectReport {
        let facts: GuestFacts
        do throws(Failure) {
            facts = try await isBrief ? state(following: guest) : self.facts(following: guest)
        } catch {
            guard error.kind == .notFound, [.gone, .exists].contains(effect.condition) else { throw error }
            return EffectReport(
                effect: effect, holds: effect.condition == .gone, observed: "no such guest", facts: nil)
        }
        switch effect.condition {
        case .snapshotExists, .snapshotGone:
            let row = try await snapshotRow(facts.reference, effect.snapshot ?? "")
            let state = row?["snapstate"]?.perlText ?? ""
            let words = row == nil ? "no such snapshot" : state.isEmpty ? "complete" : "incomplete (\(state))"
            let wanted = effect.condition == .snapshotGone ? "no such snapshot" : "complete"
            return EffectReport(effect: effect, holds: words == wanted, observed: words, facts: facts)
        default:
            return EffectReport(
                effect: effect, holds: EffectCheck.holds(effect, facts, since: before),
                observed: EffectCheck.observed(facts), facts: facts)
        }
    }

    private func snapshotRow(_ guest: GuestReference, _ name: String) async throws(Failure) -> JSONValue? {
        let rows = try await send(APICall(.get, guest.path("snapshot"))).data.array ?? []
        // The row `current` stands for the present, not for a snapshot.
        return rows.first { $0["name"]?.perlText == name && name != "current" }
    }

    private static func missing(
        _ guest: GuestReference, _ effect: ExpectedEffect, _ before: GuestFacts?, _ last: Result<EffectReport, Failure>
    ) -> Failure {
        let runs = effect.condition == .onTarget && before?.isRunning == true ? " and running" : ""
        let wish = "guest \(guest.vmid) should \(effect.wish)\(runs)"
        var failure: Failure
        switch last {
        case .success(let report):
            failure = Failure(
                effect.failureKind, "\(wish), but it is: \(report.observed)",
                hint: "look at the guest before doing it again")
            failure.node = report.facts?.node.rawValue
        case .failure(let trouble):
            failure = trouble
            // The change was accepted before; not being able to look makes it neither done nor undone.
            if ![.cancelled, .haState].contains(trouble.kind) {
                failure.kind = .outcomeUnknown
                failure.message = "\(wish), but it cannot be looked at: \(trouble.message)"
            }
        }
        failure.vmid = guest.vmid.rawValue
        return failure
    }
}
