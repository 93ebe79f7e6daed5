// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Plan
internal import Policy
internal import Proxmox

/// One change that a plan holds or is to hold, from when it may be made to its end.
struct Overseeing: Sendable {
    let environment: RunEnvironment
    /// Its number in the plan; nil where there is none.
    let number: Int?
    /// The guests before it.
    let before: [GuestFacts]
    private let began: Duration

    init(environment: RunEnvironment, number: Int?, before: [GuestFacts]) {
        self.environment = environment
        self.number = number
        self.before = before
        began = environment.client.clock.now()
    }

    /// It was made.
    func finish(_ change: Change, _ outcome: ChangeOutcome) async {
        guard let number else { return }
        switch environment.oversight {
        case .none: return
        case .applying(let follower): await follower.finish(number, outcome.json(change))
        case .planning(let recorder):
            // What nobody waits for comes to its end on the twin all the same, so that the plan can tell what it does.
            if !outcome.isFinished, let upid = outcome.upid { _ = try? await environment.client.wait(for: upid) }
            let seconds = elapsed
            await recorder.finish(number, await differences(of: change, outcome), seconds: seconds, problem: nil)
        }
    }

    /// It failed.
    func finish(_ change: Change, _ failure: Failure) async {
        guard let number, case .planning(let recorder) = environment.oversight else { return }
        let seconds = elapsed
        await recorder.finish(number, await differences(of: change, nil), seconds: seconds, problem: failure.message)
    }

    private var elapsed: Int { Int((environment.client.clock.now() - began).components.seconds) }

    private func differences(of change: Change, _ outcome: ChangeOutcome?) async -> [PlannedDifference] {
        var result: [PlannedDifference] = []
        let several = before.count + change.others.count > 1
        for guest in before {
            guard let after = await found(guest.vmid) else { continue }
            result += GuestDifferences.between(guest, after.facts).map { $0.of(guest.vmid.rawValue, several) }
        }
        for vmid in change.others.compactMap(\.vmid).compactMap({ VMID($0) }) {
            guard let after = await found(vmid)?.facts else { continue }
            result += GuestDifferences.between(nil, after)
        }
        return result + things(change, outcome)
    }

    /// What is made or goes that is no guest: a snapshot, a backup, a volume.
    private func things(_ change: Change, _ outcome: ChangeOutcome?) -> [PlannedDifference] {
        guard let outcome, outcome.isChange else { return [] }
        let path = change.call.path.segments
        if change.call.method == .post, path.last == "snapshot", let name = outcome.snapshot?.rawValue {
            return [PlannedDifference("snapshot", before: nil, after: name)]
        }
        if change.call.method == .delete, path.count == 6, path[4] == "snapshot" {
            return [PlannedDifference("snapshot", before: path[5], after: nil)]
        }
        if change.call.method == .delete, path.count > 5, path[4] == "content" {
            return [PlannedDifference("volume", before: path.dropFirst(5).joined(separator: "/"), after: nil)]
        }
        return outcome.details["volume"]?.string.map { [PlannedDifference("volume", before: nil, after: $0)] } ?? []
    }

    /// The guest as it is now, with nil inside where it is gone; nil where it cannot be read.
    private func found(_ vmid: VMID) async -> (facts: GuestFacts?, Void)? {
        do throws(Failure) {
            return (try await environment.client.facts(of: vmid), ())
        } catch {
            return error.kind == .notFound ? (nil, ()) : nil
        }
    }
}

extension PlannedDifference {
    /// The same saying which guest it is about, where there are several.
    fileprivate func of(_ vmid: Int, _ several: Bool) -> PlannedDifference {
        several ? PlannedDifference("\(vmid) \(name)", before: before, after: after) : self
    }
}
