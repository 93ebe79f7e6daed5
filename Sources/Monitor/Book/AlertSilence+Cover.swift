// SPDX-License-Identifier: Apache-2.0
public import Model

extension [AlertSilence] {
    /// Whether one of the silences covers a subject of a rule at the moment of a picture.
    public func cover(_ rule: AlertRule, _ subject: AlertSubject, in picture: ClusterPicture) -> Bool {
        contains { $0.holds(at: picture.time) && $0.covers(rule, subject, in: picture) }
    }
}

extension AlertSilence {
    /// Every kind of thing that the silence names must fit; a subject without a guest or a storage fits no choice of those.
    fileprivate func covers(_ rule: AlertRule, _ subject: AlertSubject, in picture: ClusterPicture) -> Bool {
        guard rules.isEmpty || rules.contains(where: { $0.matches(rule.id) }),
            nodes.isEmpty || nodes.contains(where: { glob in subject.node.map { glob.matches($0) } ?? false })
        else { return false }
        if !storages.isEmpty {
            guard subject.kind == .storage, let name = subject.name, storages.contains(where: { $0.matches(name) })
            else { return false }
        }
        guard let guests else { return true }
        guard let vmid = subject.vmid, let guest = picture.guests.first(where: { $0.vmid == vmid }) else {
            return false
        }
        return guests.matches(guest, onboot: try? picture.slow.onboot[vmid]?.get()) ?? false
    }
}
