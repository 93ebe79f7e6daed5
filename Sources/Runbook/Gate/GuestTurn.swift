// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Policy
internal import Proxmox

/// Sees to it that a guest has one undecided change at most: a change waits for the ones before it, or says what to do.
///
/// The journal holds to that by itself when it records an intent, and across processes; here it is made comfortable.
struct GuestTurn: Sendable {
    let environment: RunEnvironment
    let run: ClusterScope

    /// How often a change gives way to another run that came first to the guest.
    private static let rounds = 3

    /// Makes a change when its guests are free, with the guests as they are then.
    func during(
        _ proposal: Change, _ make: (Change) async throws(Failure) -> ChangeOutcome
    ) async throws(Failure) -> ChangeOutcome {
        let intent = intent(of: proposal)
        let turn: (turn: Int, waited: Bool)
        do throws(CancellationError) {
            turn = try await run.run.turns.enter(
                .init(cluster: run.cluster, guests: intent.touched, copied: intent.copied),
                clock: environment.clock)
        } catch {
            throw Failure(.cancelled, "the call was given up while it waited for another one of the same guest")
        }
        do throws(Failure) {
            let outcome = try await inTurn(proposal, intent, isStale: turn.waited, make)
            await run.run.turns.leave(turn.turn)
            return outcome
        } catch {
            await run.run.turns.leave(turn.turn)
            throw error
        }
    }

    private func inTurn(
        _ proposal: Change, _ intent: StepIntent, isStale: Bool, _ make: (Change) async throws(Failure) -> ChangeOutcome
    ) async throws(Failure) -> ChangeOutcome {
        var isStale = isStale
        for round in 1... {
            if try await free(intent, for: proposal) { isStale = true }
            let change = isStale ? try await readAgain(proposal) : proposal
            do throws(Failure) {
                return try await make(change)
            } catch {
                // Another run wrote its intent down between our look and ours. Where a plan is followed, the operation is used up.
                guard run.notes.takeOccupied(), round < Self.rounds, case .none = environment.oversight else {
                    throw error
                }
                isStale = true
            }
        }
        throw Failure(.locked, "\(proposal.subject) is at work elsewhere all the time; nothing was sent")
    }

    /// Waits until nothing undecided is left at the guests of a change.
    ///
    /// - Returns: Whether there was anything.
    private func free(_ intent: StepIntent, for change: Change) async throws(Failure) -> Bool {
        guard !intent.touched.isEmpty else { return false }
        let journal = try await run.journal()
        let clock = environment.clock
        let end = clock.now() + change.timeout
        var pause = Duration.milliseconds(50)
        var hasWaited = false
        while let other = try await journal.openSteps(besides: intent).first {
            hasWaited = true
            let left = end - clock.now()
            guard other.step.state != .inDoubt, left > .zero else { throw other.refusal }
            if other.step.run == run.run.id, await finishOwn(other.step, timeout: left) { continue }
            if other.isHeld, other.step.run != run.run.id {
                if await run.isFirst("waiting for run \(other.step.run)") {
                    environment.output.log(
                        .info,
                        "waiting for run \(other.step.run), whose step \(other.step.sequence) is at guest "
                            + other.guests.map(String.init).joined(separator: ", "))
                }
                do throws(CancellationError) {
                    try await clock.sleep(for: min(pause, left))
                } catch {
                    throw Failure(.cancelled, "the call was given up while it waited for run \(other.step.run)")
                }
                pause = min(pause * 2, .seconds(1))
                continue
            }
            guard try await settle(other.step, journal, patience: left) else { throw other.refusal }
        }
        return hasWaited
    }

    /// Follows a task of this run that nobody waits for to its end; what it came to is kept for the script's own `pve.poll`.
    ///
    /// - Returns: Whether there was such a task.
    private func finishOwn(_ step: StepRecord, timeout: Duration) async -> Bool {
        guard let (upid, pending) = await run.run.takePending(step: step.sequence, on: run.cluster) else {
            return false
        }
        let sending = Sending(environment: environment, run: run)
        do throws(Failure) {
            let outcome = try await sending.finish(pending, upid, timeout: timeout, interval: nil)
            await run.run.keep(.success(outcome), of: ClusterTask(cluster: run.cluster, upid: upid))
        } catch {
            // One that goes on is remembered again, and stands in the way until the time is up.
            guard error.kind != .taskTimeout, error.kind != .cancelled else { return true }
            environment.output.log(
                .warning, "\(pending.change.action) of \(pending.change.subject) has failed: \(error.message)")
            await run.run.keep(.failure(error), of: ClusterTask(cluster: run.cluster, upid: upid))
        }
        return true
    }

    /// Finds out what became of a step that nobody is at.
    ///
    /// - Returns: False where that is for a resumed run or a person to find out.
    private func settle(
        _ step: StepRecord, _ journal: any JournalStore, patience: Duration
    ) async throws(Failure) -> Bool {
        guard step.state == .accepted && step.upid != nil || step.state == .intent && step.boot == MachineBoot.id()
        else {
            return false
        }
        let (client, output) = (environment.client, environment.output)
        let found = try await Reconciler(
            journal: journal, client: { _ in client }, now: environment.now, patience: patience,
            tell: { output.log(.info, $0) }
        ).settle(step)
        return found.step.state.isSettled
    }

    /// The change with its guests as they are now.
    private func readAgain(_ old: Change) async throws(Failure) -> Change {
        var change = old
        var guests: [GuestFacts] = []
        for guest in old.guests { guests.append(try await environment.client.facts(of: guest.vmid)) }
        if let guest = old.guest, let now = guests.first, now.node != guest.node, let moved = old.moved(to: now) {
            change = moved
        }
        change.guests = guests
        if let guest = change.guest, let weigh = change.weigh { change.consequences = try await weigh(guest) }
        return change
    }

    private func intent(of change: Change) -> StepIntent {
        StepIntent(
            actions: ActionClassifier.actions(of: change.call), method: change.call.method.rawValue,
            path: change.call.path.description, vmid: change.vmid, guests: change.touched, cluster: run.cluster)
    }
}
