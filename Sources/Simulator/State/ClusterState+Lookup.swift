// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ClusterState {
    /// The guest, where it lies on that node and is of that kind.
    func guest(_ kind: GuestKind, _ vmid: Int, on node: String) throws(Refusal) -> SimulatedGuest {
        guard let guest = guests[vmid], guest.kind == kind, guest.node == node else {
            throw .missingConfig(kind, node: node, vmid: vmid)
        }
        return guest
    }

    func node(_ name: String) -> SimulatedNode? { nodes.first { $0.name == name } }

    /// The storage, usable on that node.
    func storage(_ name: String, on node: String? = nil) throws(Refusal) -> SimulatedStorage {
        guard let storage = storages.first(where: { $0.name == name }) else {
            throw .failed("storage '\(name)' does not exist")
        }
        if !storage.enabled { throw .failed("storage '\(name)' is disabled") }
        if let node {
            if !storage.serves(node) { throw .failed("storage '\(name)' is not available on node '\(node)'") }
            if !storage.active { throw .failed("storage '\(name)' is not online") }
        }
        return storage
    }

    func checkQuorum() throws(Refusal) {
        if !quorate { throw .failed("cluster not ready - no quorum?") }
    }

    func pool(_ id: String) throws(Refusal) -> SimulatedPool {
        guard let pool = pools.first(where: { $0.id == id }) else { throw .failed("pool '\(id)' does not exist") }
        return pool
    }

    func volume(_ volid: String, on node: String) -> SimulatedVolume? {
        volumes.first { $0.volid == volid && ($0.node == nil || $0.node == node) }
    }

    /// Who holds the guest's configuration lock, as an error.
    func checkLock(_ guest: SimulatedGuest, except allowed: String? = nil) throws(Refusal) {
        if let lock = guest.lock, lock != allowed {
            throw .failed("\(guest.kind == .qemu ? "VM" : "CT") is locked (\(lock))")
        }
    }
}
