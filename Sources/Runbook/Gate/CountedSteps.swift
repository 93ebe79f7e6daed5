// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Policy
internal import Proxmox

extension Change {
    /// The numbers of all guests that it touches, those whose volumes it gives away and those it makes among them.
    var touched: [Int] { (guests + owners).map(\.vmid.rawValue) + others.compactMap(\.vmid) }

    /// The change as the policy's limits count it.
    func counted(_ actions: Set<Action>, on cluster: String) -> CountedChange {
        CountedChange(
            actions: actions, guests: Set(touched.map { .init(cluster: cluster, vmid: $0) }),
            isWhole: others.allSatisfy { $0.vmid != nil })
    }
}

extension CountedChange {
    /// A step of the journal as limits count it.
    init(_ entry: StepHistory.Entry) {
        let cluster = entry.cluster ?? ""
        let ending: Ending =
            switch entry.state {
            case .done, .doneWithWarnings: .well
            case .intent, .sent, .accepted: .open
            case .failed, .notHappened, .inDoubt: .badly
            }
        self.init(
            actions: entry.actions, guests: Set(entry.guests.map { Guest(cluster: cluster, vmid: $0) }), ending: ending)
    }
}

extension LimitJudge {
    /// What the journal asks before it writes an intent down.
    func admission(of change: CountedChange) -> StepAdmission {
        StepAdmission(looksAtRun: looksAtRun, looksAtHour: looksAtHour) { (history) throws(Failure) in
            try admit(change, run: history.run.map { CountedChange($0) }, hour: history.hour.map { CountedChange($0) })
        }
    }
}
