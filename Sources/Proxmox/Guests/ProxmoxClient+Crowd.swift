// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// What is true of a guest now; where many calls ask at once and it is stopped, what the lists of the cluster tell.
    ///
    /// Such facts are brief: the guest's configuration is not read, and so its identity is no more than number, kind and name.
    ///
    /// - Throws: ``Failure`` of the kind `not_found` where there is no such guest.
    public func briefFacts(of vmid: VMID) async throws(Failure) -> GuestFacts {
        let start = clock.now()
        guests.enter(now: start)
        defer { guests.leave() }
        let row = try await row(of: vmid)
        guard let guest = row.guest else { throw Self.noGuest(vmid) }
        // The overview's status is up to ten seconds old; what it says of pools, tags and locks is live (pve-facts §6).
        guard (row.haState ?? "").isEmpty, let current = await listed(guest, asksQEMU: false),
            current["status"]?.perlText == "stopped"
        else { return try await facts(at: guest) }
        var state = current
        for name in ["tags", "lock", "template"] { state[name] = row.members[name] }
        return GuestFacts(guest, current: state, config: JSONObject(), askedAt: start, observedAt: clock.now())
    }

    /// The state of a guest that was known briefly and belongs to no high availability, as it is now.
    func state(following guest: GuestReference) async throws(Failure) -> GuestFacts {
        let start = clock.now()
        guests.enter(now: start)
        defer { guests.leave() }
        guard let current = await listed(guest, asksQEMU: true) else { return try await facts(following: guest) }
        return GuestFacts(guest, current: current, config: JSONObject(), askedAt: start, observedAt: clock.now())
    }

    /// The row of a guest in the cluster's overview, read for all who ask at the same time.
    ///
    /// - Throws: ``Failure`` of the kind `not_found` where there is none, or none that the credential may see.
    func row(of vmid: VMID) async throws(Failure) -> ClusterResource {
        let overview = try await guests.overview.read(by: clock) {
            [self] () async throws(Failure) -> GuestBoard.Overview in
            let overview = GuestBoard.Overview(try await resources(type: .vm))
            guests.learn(overview)
            return overview
        }
        guard let row = overview.rows[vmid] else { throw Self.noGuest(vmid) }
        return row
    }

    /// The row of a guest in its node's own list, which is live; nil where few ask or the list does not tell.
    private func listed(_ guest: GuestReference, asksQEMU: Bool) async -> JSONObject? {
        // Each task that is waited for ends with a look at its guest.
        let others = await board.count(on: guest.node)
        guard guests.favoursList(at: guest, now: clock.now(), others: others) else { return nil }
        let place = GuestBoard.Place(guest, asksQEMU: asksQEMU)
        do throws(Failure) {
            let spacing = asksQEMU ? GuestBoard.spacing(others, most: .seconds(1)) : .zero
            return try await guests.lists[place].read(spacing: spacing, by: clock) {
                [self] () async throws(Failure) -> [VMID: JSONObject] in try await list(place)
            }[guest.vmid]
        } catch {
            // The question about the guest alone then tells what is wrong.
            return nil
        }
    }

    private func list(_ place: GuestBoard.Place) async throws(Failure) -> [VMID: JSONObject] {
        let parameters: [(name: String, value: APIParameter)] = place.asksQEMU ? [("full", .boolean(true))] : []
        let answer = try await send(
            .get("nodes", place.node.rawValue, place.kind.rawValue, parameters: parameters))
        var rows: [VMID: JSONObject] = [:]
        for row in answer.data.array ?? [] {
            guard let vmid = row["vmid"]?.perlInteger.flatMap(VMID.init) else { continue }
            rows[vmid] = row.object
        }
        return rows
    }

    /// That there is no such guest.
    static func noGuest(_ vmid: VMID) -> Failure {
        var failure = Failure(
            .notFound, "there is no guest \(vmid)",
            hint: "check the number; a guest shows only to those with VM.Audit on /vms/\(vmid)")
        failure.vmid = vmid.rawValue
        return failure
    }
}
