// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

extension RuleJudge {
    /// Words for a machine that neither runs nor is stopped; what is not listed (`unknown` of a new guest) says nothing.
    private static let still: Set<String> = [
        "paused", "suspended", "io-error", "internal-error", "guest-panicked", "watchdog", "shutdown", "save-vm",
        "restore-vm", "prelaunch", "inmigrate", "postmigrate", "finish-migrate", "colo", "debug", "preconfig",
    ]

    func stopped(_ rule: AlertRule, _ guest: GuestSight) -> GuestVerdict {
        // Whoever holds it will let go of it: a backup boots a stopped guest, a migration ends it on one node.
        guard guest.lock == nil else { return .unknown(nil) }
        switch guest.status {
        case "stopped":
            return .wrong(
                Finding(
                    rule, Self.subject(guest), "guest \(Self.words(guest)) is stopped and should run",
                    advice: "why: pvelua -e 'pve.api.get(\"/nodes/\(guest.node)/tasks\", { vmid = \(guest.vmid) })'; "
                        + "to start it: pvelua -e 'pve.vm_action(nil, \(guest.vmid), \"start\")'",
                    value: "stopped"))
        case "unknown": return .unknown(nil)
        default: return .fine
        }
    }

    func unresponsive(_ rule: AlertRule, _ guest: GuestSight) -> GuestVerdict {
        guard guest.lock == nil else { return .unknown(nil) }
        if Self.still.contains(guest.status) {
            let cause =
                guest.status == "io-error" ? "a disk cannot be written: is a storage full?" : "resume it, or see why"
            return .wrong(
                Finding(
                    rule, Self.subject(guest), "guest \(Self.words(guest)) does not run: QEMU says \(guest.status)",
                    advice: cause, value: .string(guest.status)))
        }
        guard guest.status == "running" else { return guest.status == "unknown" ? .unknown(nil) : .fine }
        switch picture.agents[guest.vmid] {
        case nil, .success(.answers)?, .success(.absent)?: return .fine
        case .success(.silent(let words))?:
            return .wrong(
                Finding(
                    rule, Self.subject(guest), "the agent of guest \(Self.words(guest)) does not answer: \(words)",
                    advice: "look at its console; inside it: systemctl status qemu-guest-agent", value: "silent"))
        case .failure(let failure)?: return .unknown(failure)
        }
    }

    // MARK: - Ages

    func snapshots(_ rule: AlertRule, _ age: Double, _ names: [Glob], _ guest: GuestSight) -> GuestVerdict {
        guard let sight = picture.slow.snapshots[guest.vmid] else { return .unknown(nil) }
        guard case .success(let all) = sight else {
            if case .failure(let failure) = sight { return .unknown(failure) }
            return .unknown(nil)
        }
        let old = all.filter { snapshot in
            picture.time - snapshot.time > age && (names.isEmpty || names.contains { $0.matches(snapshot.name) })
        }.sorted { $0.time < $1.time }
        guard let oldest = old.first else { return .fine }
        let more = old.count == 1 ? "" : ", and \(old.count - 1) more"
        return .wrong(
            Finding(
                rule, Self.subject(guest),
                "snapshot \(oldest.name) of guest \(Self.words(guest)) is \(Self.age(picture.time - oldest.time)) old"
                    + more,
                advice: "remove it if nobody goes back to it: it grows with every write", value: JSONValue(old.count)))
    }

    func backups(_ rule: AlertRule, _ age: Double, _ verdict: inout Verdict) {
        var newest: [Int: Double] = [:]
        var cause: Failure?
        for (_, sight) in picture.slow.backups.sorted(by: { $0.key < $1.key }) {
            switch sight {
            case .failure(let failure): cause = cause ?? failure
            case .success(let rows):
                for row in rows { newest[row.vmid] = max(newest[row.vmid] ?? 0, row.time) }
            }
        }
        // What lies on a node that is away nobody can see, and no storage at all is rather a missing right than an empty shelf.
        let isHidden = picture.storages.contains { row in
            row.holdsBackups && picture.slow.backups[row.key] == nil
        }
        let none = picture.slow.backups.isEmpty
        eachGuest(rule, &verdict) { guest in
            let last = newest[guest.vmid]
            if let last, picture.time - last <= age { return .fine }
            if let cause { return .unknown(cause) }
            if isHidden { return .unknown(nil) }
            if let failure = hiddenBackups(guest) { return .unknown(failure) }
            if none { return .unknown(Self.noBackupStorage) }
            let subject = Self.subject(guest)
            let advice = "run one by hand, and look at Datacenter → Backup and at the last vzdump task"
            guard let last else {
                return .wrong(Finding(rule, subject, "guest \(Self.words(guest)) has no backup", advice: advice))
            }
            let since = picture.time - last
            return .wrong(
                Finding(
                    rule, subject, "the newest backup of guest \(Self.words(guest)) is \(Self.age(since)) old",
                    advice: advice, value: JSONValue(Int(min(since, 1e10)))))
        }
    }

    /// Backups are left out of lists unless one may make and read them (PVE::Storage::check_volume_access).
    private func hiddenBackups(_ guest: GuestSight) -> Failure? {
        let words = "backups of guest \(guest.vmid) cannot be seen"
        for name in Set(picture.storages.filter(\.holdsBackups).map(\.name)).sorted() {
            let path = ACLPath("/storage/\(name)")
            if lack(["Datastore.Allocate"], at: path, words) == nil { continue }
            let vms = ACLPath("/vms/\(guest.vmid)")
            if let failure = lack(["Datastore.AllocateSpace"], at: path, words)
                ?? lack(["VM.Backup"], at: vms, pool: guest.reference.pool, words)
            {
                return failure
            }
        }
        return nil
    }

    private static let noBackupStorage = Failure(
        .permission, "no storage for backups can be seen",
        hint: "grant Datastore.Audit at /storage, or let a storage take the content backup")
}
