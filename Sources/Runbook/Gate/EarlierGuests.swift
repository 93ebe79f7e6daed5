// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Policy
internal import Proxmox

/// The guests of a run that goes on, held against what they were when it began.
///
/// Between the two processes days may lie, in which a number can have come to be another guest's. What the run has changed
/// itself may well look different now.
struct EarlierGuests: Sendable {
    private var known: Set<CountedChange.Guest>
    private let cluster: String

    /// - Parameter cluster: The run's own, for steps that name none.
    init(_ steps: [StepRecord], cluster: String) {
        self.cluster = cluster
        known = []
        for step in steps {
            for vmid in step.intent.touched { known.insert(.init(cluster: step.intent.cluster ?? cluster, vmid: vmid)) }
        }
    }

    /// Passes guests that are those of the start; each once, since from then on the run changes them itself.
    ///
    /// - Throws: ``Failure`` of kind `conflict` for one that has another name or is of another kind.
    mutating func require(_ guests: [GuestFacts], as before: [PolicyGuest], on cluster: String) throws(Failure) {
        for guest in guests where !known.contains(.init(cluster: cluster, vmid: guest.vmid.rawValue)) {
            guard let first = before.first(where: { $0.vmid == guest.vmid.rawValue }), let name = first.name,
                let kind = first.kind
            else { continue }
            guard name == guest.name, kind == guest.kind else {
                throw Failure(
                    .conflict,
                    "guest \(guest.vmid) is not what it was when the run began: it was \(TextExcerpt.of(name)) (\(kind.rawValue)) "
                        + "and is \(TextExcerpt.of(guest.name)) (\(guest.kind.rawValue)); nothing was sent",
                    hint: "look whether it is another guest; if it is the right one, start the script anew")
            }
            known.insert(.init(cluster: cluster, vmid: guest.vmid.rawValue))
        }
    }
}
