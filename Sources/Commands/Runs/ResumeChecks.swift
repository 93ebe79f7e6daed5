// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Proxmox
internal import Runbook

/// Whether a run can go on, before anything is touched.
struct ResumeChecks {
    let record: RunRecord
    let journal: any WholeJournal

    /// How a run may have ended that may come to another end when it goes on.
    static let resumable: Set<ExitStatus> = [
        .authentication, .noConnection, .timedOut, .confirmationNeeded, .approvalNeeded, .limitReached, .inDoubt,
        .interrupted,
    ]

    /// Whether a run that ended may come to another end when it goes on.
    ///
    /// However it ended, what became of a step that it left open must still be found out; and a worker that was killed or crashed
    /// may come further as another one.
    static func goesFurther(_ status: ExitStatus?, isAccident: Bool, isUndone: Bool, isOpen: Bool) -> Bool {
        guard let status else { return true }
        return isOpen || isAccident || resumable.contains(status) && !isUndone
    }

    /// What the run came from.
    ///
    /// - Throws: ``Failure`` of kind `busy` where somebody is at it, `usage` where there is nothing to go on with.
    func origin() async throws(Failure) -> RunOrigin {
        try await requireNobody()
        if record.ended != nil { try await requireOpenEnd() }
        guard let origin = record.origin else {
            throw Failure(
                .usage, "run \(record.id) (\(record.script)) has no script to go on with",
                hint:
                    "a session, a command and what an older pvelua began cannot be resumed: pvelua runs show \(record.id)"
            )
        }
        return origin
    }

    private func requireNobody() async throws(Failure) {
        guard try await journal.isHeld(record.id) else { return }
        throw Failure(
            .busy, "run \(record.id) is going on in another process",
            hint: "watch it: pvelua runs show --follow \(record.id)")
    }

    private func requireOpenEnd() async throws(Failure) {
        let status = record.outcome?["status"]?.perlInteger.flatMap(Int32.init(exactly:)).flatMap(
            ExitStatus.init(rawValue:))
        let isUndone = record.outcome?["undone"] == .bool(true)
        let isOpen = try await journal.steps(of: record.id).contains { !$0.state.isSettled }
        let isAccident = record.outcome?["accident"] == .bool(true)
        guard let status, !Self.goesFurther(status, isAccident: isAccident, isUndone: isUndone, isOpen: isOpen) else {
            return
        }
        if isUndone {
            throw Failure(
                .usage, "run \(record.id) was interrupted and has undone what it did: there is nothing to go on with",
                hint: "to run the script again: pvelua run FILE")
        }
        if status == .done {
            throw Failure(
                .usage, "run \(record.id) has come to its end", hint: "to run the script again: pvelua run FILE")
        }
        throw Failure(
            .usage,
            "run \(record.id) ended by its own failure (exit status \(status.rawValue)), which going on would only repeat",
            hint: "see what it did (pvelua runs show \(record.id)), mend it, and start anew")
    }

    /// The values of parameters that were not kept since they are secrets.
    static func parameters(
        _ origin: RunOrigin, given: [(name: String, value: String)]
    ) throws(Failure) -> [(name: String, value: String)] {
        for (name, value) in given {
            guard let parameter = origin.parameters.first(where: { $0.name == name }) else {
                throw Failure(
                    .usage, "--param \(name) was not given to the run", hint: "it goes on with its own parameters")
            }
            guard parameter.value == nil || parameter.value == value else {
                throw Failure(.usage, "--param \(name) is another than the run's", hint: "leave it out")
            }
        }
        let missing = origin.parameters.filter { parameter in
            parameter.value == nil && !given.contains { $0.name == parameter.name }
        }
        guard missing.isEmpty else {
            throw Failure(
                .usage,
                "the run was given secrets, which are not kept: " + missing.map(\.name).joined(separator: ", "),
                hint: "give them again: "
                    + missing.map { "--param \($0.name)=…" }.joined(separator: " ")
                    + "; that they are the same cannot be proven, so take care")
        }
        return given
    }

    /// Refuses a run whose record is not what was audited.
    func intact() async throws(Failure) {
        let comparison = StepComparison(
            run: record.id, steps: try await journal.steps(of: record.id),
            rows: try await journal.auditRows(of: record.id, kinds: [.intent, .sent, .accepted, .outcome]))
        do throws(Failure) {
            try comparison.check()
        } catch {
            // Whoever else goes on with it may have written between the two readings.
            try await requireNobody()
            throw error
        }
    }

    /// Refuses a run on the embedded cluster: that was in the memory of the process that is gone, and a new one of its name
    /// would only seem to say that nothing had happened.
    func embedded(_ configuration: ConfigurationFile) async throws(Failure) {
        let name = Workplace.demo
        guard configuration.hasEmbedded else { return }
        var isOnIt = record.cluster == name
        if !isOnIt { isOnIt = try await journal.steps(of: record.id).contains { $0.intent.cluster == name } }
        guard isOnIt else { return }
        throw Failure(
            .conflict,
            "run \(record.id) was on the embedded cluster \"\(name)\", which was in memory and is gone with its process",
            hint:
                "there is nothing left to go on with: run the script again; pvelua runs show \(record.id) tells what it did"
        )
    }

    /// Refuses a cluster that has the name only.
    static func cluster(_ origin: RunOrigin, _ environment: RunEnvironment) async throws(Failure) {
        guard let before = origin.fingerprint else { return }
        guard try await environment.client.clusterFingerprint() == before else {
            throw Failure(
                .conflict, "cluster \(environment.clusterName) is not the one that the run worked on; nothing was sent",
                hint: "its members or its authority are others: look at it, and start anew")
        }
    }
}
