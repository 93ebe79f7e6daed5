// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Policy
internal import Proxmox

/// One run as the Gate of one of its clusters sees it.
struct ClusterScope: Sendable {
    let run: RunScope
    let cluster: String
    /// What the call that the Gate is made for has led to.
    let notes: CallNotes

    init(run: RunScope, environment: RunEnvironment, notes: CallNotes = CallNotes()) {
        self.run = run
        self.notes = notes
        cluster = environment.clusterName
    }

    /// The journal, opened at the first need.
    func journal() async throws(Failure) -> any JournalStore { try await run.journal() }

    /// Refuses a change while a freeze stands.
    func requireThaw(for actions: Set<Action>) async throws(Failure) { try await run.requireThaw(for: actions) }

    /// What policy knew of guests before this run changed anything here.
    func factsAtStart(of change: Change, _ client: ProxmoxClient) async throws(Failure) -> [PolicyGuest] {
        try await run.starts.facts(of: change, on: cluster, client)
    }

    /// Other guests that a person could take for this one.
    func nearNames(_ guest: GuestFacts) async -> [ConsentQuestion.GuestSummary] {
        await run.starts.nearNames(guest, on: cluster)
    }

    /// What policy knew of guests at the start, where anything has been changed since; the same guests where nothing has.
    func knownAtStart(_ guests: [PolicyGuest]) async -> [PolicyGuest] { await run.starts.known(guests, on: cluster) }

    /// Writes the intent of a step, durably.
    func begin(
        _ intent: StepIntent, of change: Change, replacing replaced: Int?, _ trail: CallTrail
    ) async throws(Failure) -> StepRecorder {
        do throws(Failure) {
            return try await run.begin(intent, of: change, replacing: replaced, on: cluster, trail)
        } catch {
            if error.kind == .locked { notes.foundOccupied() }
            throw error
        }
    }

    /// Audits, at once, what does not end in a step.
    func audit(_ trail: CallTrail) async throws(Failure) { try await run.audit(trail) }

    /// Audits that a call is not made; the refusal stands whether or not that can be written.
    func refused(_ trail: CallTrail, _ failure: Failure) async {
        trail.stopped(failure)
        do throws(Failure) { try await run.audit(trail) } catch {}
    }

    /// How it stands with the undoing of what the chunk does.
    var undoing: UndoState { get async { await run.undoing } }

    /// Whether something is asked or told for the first time in this run about this cluster.
    func isFirst(_ what: String) async -> Bool { await run.isFirst("\(cluster): \(what)") }

    /// Takes a number for a guest that is to be made; false where another call of this run is about to use it.
    func take(_ vmid: VMID) async -> Bool { await run.take(vmid, on: cluster) }

    /// Gives a number back that was taken.
    func giveBack(_ vmid: VMID) async { await run.giveBack(vmid, on: cluster) }

    /// Remembers a configuration that the script was given.
    func remember(_ config: JSONObject, digest: String) async { await run.remember(config, digest: digest) }

    /// A configuration that the script was given.
    func remembered(digest: String) async -> JSONObject? { await run.remembered(digest: digest) }

    /// Remembers which step a task belongs to, for a later `pve.poll`.
    func remember(_ upid: UPID, _ step: PendingStep) async {
        await run.remember(ClusterTask(cluster: cluster, upid: upid), step)
    }

    /// The step that a task belongs to, once.
    func takeStep(of upid: UPID) async -> PendingStep? {
        await run.takeStep(of: ClusterTask(cluster: cluster, upid: upid))
    }
}
