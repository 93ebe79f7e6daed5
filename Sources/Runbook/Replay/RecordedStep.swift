// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Proxmox
internal import Secrets

/// A step that an earlier process of the run has made, as the call that made it hears of it again.
struct RecordedStep: Sendable {
    let step: StepRecord
    let environment: RunEnvironment
    let run: ClusterScope

    /// What came of it; nil where it never happened, so that it may be made now.
    ///
    /// - Parameter waits: Whether the call waits for the task; one that still runs is followed then.
    /// - Throws: The failure that it ended with.
    func outcome(waits: Bool, timeout: Duration) async throws(Failure) -> JSONObject? {
        switch step.state {
        case .notHappened: return nil
        case .done, .doneWithWarnings: return step.outcome?.object ?? JSONObject()
        case .failed:
            let failure = step.outcome.flatMap { Failure(json: $0) } ?? Failure(.server, "step \(step.sequence) failed")
            // The first of two attempts: the second is made where the guest is now.
            if failure.saysGuestIsElsewhere { return nil }
            throw failure
        case .accepted: return try await running(waits: waits, timeout: timeout)
        case .intent, .sent, .inDoubt: throw doubt
        }
    }

    private func running(waits: Bool, timeout: Duration) async throws(Failure) -> JSONObject? {
        guard let upid = step.upid.flatMap({ UPID($0) }) else { throw doubt }
        await run.run.adopt(step, ClusterTask(cluster: run.cluster, upid: upid))
        guard waits else {
            var object = JSONObject([
                ("changed", true), ("action", .string(step.intent.actions.min()?.rawValue ?? "call")),
            ])
            if let vmid = step.intent.vmid { object["vmid"] = JSONValue(vmid) }
            if let node = step.intent.node { object["node"] = .string(node) }
            object["upid"] = .string(upid.description)
            object["verified"] = false
            return object
        }
        do throws(Failure) {
            _ = try await environment.client.wait(for: upid, timeout: timeout)
        } catch {
            // That a task went wrong its step will say; that it goes on there is nothing more to say about.
            if error.kind == .taskTimeout || error.kind == .cancelled { throw error }
        }
        return try await settled(timeout)
    }

    /// What came of it once its task has ended.
    func settled(_ timeout: Duration) async throws(Failure) -> JSONObject? {
        let settled = try await run.run.settle(step)
        guard settled.state != .accepted else { throw doubt }
        return try await RecordedStep(step: settled, environment: environment, run: run)
            .outcome(waits: false, timeout: timeout)
    }

    private var doubt: Failure {
        var failure = Failure(
            .inDoubt, "it is not known whether step \(step.sequence) of run \(step.run) was done",
            hint: "pvelua runs show \(step.run)")
        failure.upid = step.upid
        failure.vmid = step.intent.vmid
        failure.node = step.intent.node
        return failure
    }
}

extension Gate {
    /// What came of a change that an earlier process of the run has made for the same call; nil where it is to be made now.
    func recalled(_ change: Change) async throws(Failure) -> ChangeOutcome? {
        let made = CallTrace(change.call)?.made?.vmid.rawValue
        let parameters = environment.secrets.scrub(Redaction.redacted(change.call.recordedParameters))
        var wasTried = false
        while let found = run.notes.takeStep(where: { step in
            step.intent.method == change.call.method.rawValue && step.intent.path == change.call.path.description
                && (step.intent.parameters == parameters || made.map { step.makes($0) } ?? false)
        }) {
            let step = RecordedStep(step: found, environment: environment, run: run)
            guard let outcome = try await step.outcome(waits: change.waits, timeout: change.timeout) else {
                // It never happened; a process that went on after that one may have tried again.
                wasTried = true
                continue
            }
            if let planned = found.intent.planned { run.notes.planned(planned) }
            var result = ChangeOutcome(recorded: outcome)
            if let vmid = (made ?? change.vmid).flatMap({ VMID($0) }), !change.isRaw {
                result.guest = try? await environment.client.facts(of: vmid)
            }
            return result
        }
        // A guest that was made may not be made twice because the second time the call would look otherwise.
        guard !wasTried, made != nil, run.notes.mayHaveHappened else { return nil }
        throw Failure(
            .unsupported, "the call made something else before the run was interrupted; nothing was sent",
            hint: "look at what is there, and start anew")
    }
}

extension ChangeOutcome {
    /// What an earlier process wrote down.
    init(recorded: JSONObject) {
        self.init()
        self.recorded = recorded
        upid = recorded["upid"]?.string.flatMap { UPID($0) }
        warnings = recorded["warnings"]?.perlInteger ?? 0
        data = recorded["data"]
        isVerified = recorded["verified"] == .bool(true)
        isFinished = recorded["warnings"] != nil
        isChange = recorded["changed"] != .bool(false)
        details = recorded
    }
}

extension StepRecord {
    /// Whether it makes the guest of that number.
    fileprivate func makes(_ vmid: Int) -> Bool {
        ["vmid", "newid"].contains { intent.parameters[$0]?.perlInteger == vmid }
    }
}
