// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model

/// What a run that is resumed was told before, and how much of that it has asked for again.
struct CallTape: Sendable {
    private var answers: [CallID: CallRecord] = [:]
    private var memos: [CallID: [String: JSONValue]] = [:]
    private var steps: [CallID: [StepRecord]] = [:]
    private var modules: [String: [UInt8]] = [:]
    /// Numbers of recorded steps that no call has come back to.
    private var unclaimed: Set<Int> = []
    /// The failure after which the run had begun to undo.
    private(set) var undoing: Failure?
    /// Calls that have made steps in this process: their answers are kept even where no further step follows.
    var changed: Set<CallID> = []
    /// Calls whose block was ended: that they were given up is their answer.
    var settled: Set<CallID> = []
    /// Calls that failed by what may be otherwise the next time.
    var passing: Set<CallID> = []
    /// How many bytes of answers wait to be written.
    var waiting = 0
    /// Tasks of steps that an earlier process left running.
    var adopted: [ClusterTask: StepRecord] = [:]

    /// How many bytes of answers may wait for a step: beyond that they are written early, or not kept.
    static let mostWaiting = 64 << 20

    init() {}

    init(_ resumption: RunResumption) {
        for call in resumption.memory.calls { answers[call.id] = call }
        for memo in resumption.memory.memos { memos[memo.call, default: [:]][memo.name] = memo.value }
        for module in resumption.memory.modules { modules[module.name] = module.source }
        for step in resumption.steps {
            guard let call = step.intent.call else { continue }
            steps[call, default: []].append(step)
            unclaimed.insert(step.sequence)
        }
        undoing = resumption.record.undoing.map { json in
            Failure(json: json) ?? Failure(.script, "the run had failed and was undoing what it did")
        }
    }

    /// Whether there is anything on it.
    var isEmpty: Bool { answers.isEmpty && steps.isEmpty && modules.isEmpty }

    /// What is known of a call, which is thereby asked for again.
    mutating func recall(_ id: CallID) -> (answer: CallRecord.Answer?, steps: [StepRecord], memos: [String: JSONValue])
    {
        let found = steps[id] ?? []
        for step in found { unclaimed.remove(step.sequence) }
        return (answers[id]?.answer, found, memos[id] ?? [:])
    }

    /// The source of a module, where the run has loaded it before.
    func module(_ name: String) -> [UInt8]? { modules[name] }

    /// A step as it has come to be known since.
    mutating func update(_ step: StepRecord) {
        guard let call = step.intent.call, let index = steps[call]?.firstIndex(where: { $0.sequence == step.sequence })
        else { return }
        steps[call]?[index] = step
    }

    /// The steps that happened and that no call has come back to, in order.
    var leftOver: [StepRecord] {
        steps.values.flatMap(\.self).filter { unclaimed.contains($0.sequence) && $0.state != .notHappened }
            .sorted { $0.sequence < $1.sequence }
    }
}
