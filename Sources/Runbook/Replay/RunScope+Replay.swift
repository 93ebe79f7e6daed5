// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Journal
public import Model
internal import Proxmox

/// What the run knows of a call that it has asked for before.
struct CallMemory: Sendable {
    /// What the script was told.
    var answer: CallRecord.Answer?
    /// The steps that it made.
    var steps: [StepRecord]
    /// What it had settled on.
    var memos: [String: JSONValue]
    /// The failure that ends the script here, since nothing new may be begun outside of undoing.
    var end: Failure?
}

extension RunScope {
    /// What is known of a call; nil where it is new, and may go on.
    func recall(_ id: CallID) -> CallMemory? {
        guard !tape.isEmpty || tape.undoing != nil else { return nil }
        let found = tape.recall(id)
        for step in found.steps {
            notes[step.sequence] = StepNote(step, own: environment.clusterName, compensation: running)
        }
        var memory = CallMemory(answer: found.answer, steps: found.steps, memos: found.memos)
        if found.answer == nil, let undoing = tape.undoing, running == nil { memory.end = undoing }
        return memory.answer == nil && memory.steps.isEmpty && memory.end == nil ? nil : memory
    }

    /// Keeps what a call is answered, to be written with the next step.
    ///
    /// - Parameters:
    ///   - isPassing: Whether it is a failure that may be otherwise the next time.
    ///   - isSettled: Whether the script has gone on from that answer, whatever it would be the next time.
    func record(_ call: CallRecord, isPassing: Bool = false, isSettled: Bool = false) async {
        var call = call
        if isPassing { tape.passing.insert(call.id) }
        if isSettled { tape.settled.insert(call.id) }
        if tape.waiting + call.size > CallTape.mostWaiting {
            if let recording, await recording.value == nil { await writeEarly() } else { call.answer = .withheld }
        }
        tape.waiting += call.size
        pending.calls.append(call)
    }

    /// Writes what waits without a step; where that fails it waits on, and the next step will tell.
    private func writeEarly() async {
        let batch = pending
        pending = JournalBatch()
        tape.waiting = 0
        do throws(Failure) {
            try await journal().record(batch, of: id)
        } catch {
            pending = batch + pending
        }
    }

    /// What is written with the run's end.
    ///
    /// Of answers only those of calls that made steps and that a resumed run would be told as well; whatever was only read is
    /// read anew.
    func lastBatch() -> JournalBatch {
        var batch = pending
        batch.calls = batch.calls.filter {
            tape.changed.contains($0.id) && (!tape.passing.contains($0.id) || tape.settled.contains($0.id))
        }
        return batch
    }

    /// The failure after which the run had begun to undo, in an earlier process.
    var recordedUndoing: Failure? { tape.undoing }

    /// Has the journal know that from now on only what undoes is done.
    func beginUndoing(after failure: Failure) { if isRecorded { pending.undoing = pending.undoing ?? failure.json } }

    /// A module as it was loaded before.
    func recordedModule(_ name: String) -> [UInt8]? { tape.module(name) }

    /// Keeps the source of a module.
    func record(module: ModuleRecord) { if isRecorded { pending.modules.append(module) } }

    /// Remembers the task of a step that an earlier process left running.
    func adopt(_ step: StepRecord, _ task: ClusterTask) { tape.adopted[task] = step }

    /// The step of a task that an earlier process left running, once.
    func takeAdopted(_ task: ClusterTask) -> StepRecord? { tape.adopted.removeValue(forKey: task) }

    /// Finds out what became of a step of an earlier process, and remembers it.
    func settle(_ step: StepRecord) async throws(Failure) -> StepRecord {
        guard let settling else { return step }
        let settled = try await settling(step)
        tape.update(settled)
        notes[step.sequence]?.state = settled.state
        return settled
    }

    /// Steps that happened before and that the script has not come back to; of a resumed run at its end.
    public var leftOverSteps: [StepRecord] { tape.leftOver }
}

extension StepNote {
    /// A step of an earlier process.
    init(_ step: StepRecord, own: String, compensation: Int?) {
        let intent = step.intent
        let name = intent.identity?["name"]?.string
        self.init(
            number: step.sequence, action: intent.actions.min()?.rawValue ?? "call",
            subject: intent.vmid.map { vmid in "guest \(vmid)" + (name.map { " (\(TextExcerpt.of($0)))" } ?? "") }
                ?? "\(intent.method) \(intent.path)",
            vmid: intent.vmid, node: intent.node, cluster: intent.cluster == own ? nil : intent.cluster,
            state: step.state, upid: step.upid, problem: step.outcome?["message"]?.string, compensation: compensation)
    }
}

extension CallRecord {
    /// How many bytes its answer takes.
    var size: Int {
        switch answer {
        case .value(let bytes), .failure(let bytes): bytes.count + 128
        case .withheld: 128
        }
    }
}

extension ErrorKind {
    /// Whether a run that ended by such a failure may come to another end when it goes on.
    public var isPassing: Bool {
        switch self {
        case .cancelled, .connection, .tls, .nodeUnreachable, .outcomeUnknown, .inDoubt, .confirmationRequired,
            .approvalRequired, .limit, .auth, .taskTimeout:
            true
        default: false
        }
    }
}

extension JournalBatch {
    /// How many bytes its answers take.
    var answerBytes: Int { calls.reduce(0) { $0 + $1.size } }
}
