// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Text

/// Setting a guest back to a snapshot: what speaks against it, and what it means for the guest as it is now.
struct SnapshotRollback: Sendable {
    let call: OperationCall
    let name: SnapshotName
    /// Whether the guest is started afterwards.
    let starts: Bool

    /// Storages whose volumes go back to their newest snapshot only.
    private static let linear: Set<String> = ["zfspool", "zfs"]

    /// The change, once nothing speaks against it.
    func change(_ guest: GuestFacts, _ endpoint: Endpoint) async throws(Failure) -> Change {
        let parameters: [(name: String, value: APIParameter)] = starts ? [("start", .boolean(true))] : []
        var change = Change(
            endpoint: endpoint,
            call: APICall(.post, try guest.reference.path("snapshot", name.rawValue, "rollback"), parameters),
            guest: guest, timeout: call.timeout,
            waits: call.waits)
        change.consequences = try await consequences(guest)
        change.weigh = { (guest) throws(Failure) in try await consequences(guest) }
        if starts { change.report = { (_) throws(Failure) in try await started(guest) } }
        return change
    }

    /// What it means; refuses what Proxmox would refuse after it has begun.
    private func consequences(_ guest: GuestFacts) async throws(Failure) -> [String] {
        let tree = try await SnapshotHandlers.tree(call, guest)
        let snapshot = try SnapshotHandlers.find(name.rawValue, in: tree, guest)
        if guest.isTemplate { throw refusal(guest, "is a template, which has no way back", nil) }
        if let leftover = snapshot.leftover {
            throw refusal(guest, "has the snapshot \(name) incompletely (\(leftover))", "delete it with force = true")
        }
        let newer = tree.newer(than: name.rawValue).map(\.name)
        if !newer.isEmpty, let storage = await linearStorage(of: guest) {
            throw refusal(
                guest,
                "has newer snapshots (\(newer.joined(separator: ", "))), and its storage \(storage) goes back to the "
                    + "newest one only", "delete the newer ones first: they are lost then")
        }
        return lines(guest, snapshot, newer)
    }

    private func lines(_ guest: GuestFacts, _ snapshot: GuestSnapshot, _ newer: [String]) -> [String] {
        var lines: [String] = []
        if snapshot.hasMemory {
            lines.append("the guest goes on from the memory in the snapshot; what runs in it now is gone")
        } else if !guest.isStopped {
            lines.append(
                "the guest is \(guest.state) and is stopped at once, as by its power cord"
                    + (starts ? ", then started" : "; it stays stopped"))
        }
        if let time = snapshot.time {
            let age = Int(call.environment.now()) - time
            lines.append("everything since \(TimeText.moment(time)) is lost: \(TimeText.span(age)) of changes")
        } else {
            lines.append("everything since the snapshot is lost; when it was taken is not known")
        }
        if !newer.isEmpty {
            let names = newer.prefix(5).joined(separator: ", ") + (newer.count > 5 ? " …" : "")
            lines.append("newer snapshots (\(names)) stay, but the guest no longer descends from them")
        }
        return lines
    }

    /// The storage of one of its disks that cannot skip snapshots; nil where there is none or nobody may look.
    private func linearStorage(of guest: GuestFacts) async -> StorageID? {
        let used = Set(GuestDisks.of(guest.config, guest.kind).filter { $0.medium == .disk }.compactMap(\.storage))
        guard let storages = try? await call.environment.client.storages(on: guest.node) else { return nil }
        return storages.first { used.contains($0.storage) && Self.linear.contains($0.type) }?.storage
    }

    private func refusal(_ guest: GuestFacts, _ text: String, _ hint: String?) -> Failure {
        Failure(.conflict, "guest \(guest.vmid) \(text); nothing was sent", hint: hint).about(guest)
    }

    /// The start is a task of its own, of which the rollback's says nothing (pve-facts §5).
    private func started(_ guest: GuestFacts) async throws(Failure) -> JSONObject {
        do throws(Failure) {
            let report = try await call.environment.client.verify(ExpectedEffect(.running), of: guest.reference)
            return JSONObject([("status", .string(report.facts?.state ?? "running"))])
        } catch {
            var failure = error
            failure.message = "the guest was rolled back to \(name), but did not start: \(error.message)"
            throw failure
        }
    }
}
