// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Simulator

/// The simulated cluster as the live one was, and as the changes made it.
///
/// Both learn of the same guests at the same time, so that whatever differs between their answers is what the changes did.
struct Worlds: Sendable {
    let before: SimulatedCluster
    let after: SimulatedCluster
    /// The guests whose configuration has been read from the live cluster.
    var known: Set<Int> = []
}

/// Reads of the live cluster what the twin must know before it can take a change; one change after the other.
actor Hydration {
    private let live: LiveReader
    private let clock: TwinClock
    private let seed: UInt64
    private let reads: ReadLog
    private var made: Worlds?
    /// How much of each guest is known.
    private var depth: [Int: GuestReader.Depth] = [:]
    private var storages: Set<String> = []
    private var isBusy = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(_ live: LiveReader, clock: TwinClock, seed: UInt64, reads: ReadLog) {
        self.live = live
        self.clock = clock
        self.seed = seed
        self.reads = reads
    }

    /// The twin's clusters, or nil before the first change.
    var worlds: Worlds? { made }

    /// The twin's clusters, with everything in them that the change is about.
    ///
    /// - Throws: ``Failure`` of the live read that the twin cannot do without.
    func worlds(for change: PlannedChange) async throws(Failure) -> Worlds {
        await lock()
        defer { unlock() }
        let worlds = try await outlined()
        try await checkIsFree(change, worlds)
        if let upid = change.stoppedTask { try await adopt(upid, change, worlds) }
        for guest in concerned(change, worlds) {
            try await hydrate(guest, change.isPowerOnly ? .outside : .whole, worlds)
        }
        for place in change.places {
            if place.isWhole {
                try await readContent(place.storage, on: place.node, worlds)
            } else {
                for vmid in change.owners { try await readContent(place.storage, on: place.node, worlds, of: vmid) }
            }
        }
        if change.removesGuest { try await readClones(of: change, worlds) }
        if let archive = change.archive { try await readArchive(archive, change, worlds) }
        made?.known = Set(depth.keys)
        return made ?? worlds
    }

    private func lock() async {
        if isBusy { await withCheckedContinuation { queue.append($0) } } else { isBusy = true }
    }

    private func unlock() {
        if queue.isEmpty { isBusy = false } else { queue.removeFirst().resume() }
    }

    private func outlined() async throws(Failure) -> Worlds {
        if let made { return made }
        let seed = try await Outline(live: live, reads: reads, now: clock.wallTime).seed()
        let options = SimulatedCluster.Options(authDelay: 0, randomSeed: self.seed)
        let worlds = Worlds(
            before: SimulatedCluster(seed, clock: SimulatedTime(clock: clock), options: options),
            after: SimulatedCluster(seed, clock: SimulatedTime(clock: clock), options: options))
        for world in [worlds.before, worlds.after] { world.update { $0.isTwin = true } }
        made = worlds
        return worlds
    }

    /// A guest that this user may not see has its number too.
    private func checkIsFree(_ change: PlannedChange, _ worlds: Worlds) async throws(Failure) {
        guard let vmid = change.newGuest, worlds.before.snapshot().guests[vmid] == nil else { return }
        _ = try await live.read(["cluster", "nextid"], [("vmid", .integer(vmid))])
    }

    private func concerned(_ change: PlannedChange, _ worlds: Worlds) -> [PlannedChange.Guest] {
        var result = change.guests
        guard change.wholeNode != nil || change.wholePool != nil else { return result }
        for guest in worlds.after.snapshot().guestList
        where guest.node == change.wholeNode || (guest.pool != nil && guest.pool == change.wholePool) {
            result.append(PlannedChange.Guest(vmid: guest.vmid))
        }
        return result
    }

    private func hydrate(
        _ wanted: PlannedChange.Guest, _ wish: GuestReader.Depth, _ worlds: Worlds
    ) async throws(Failure) {
        if let known = depth[wanted.vmid], known >= wish { return }
        let outline = worlds.before.snapshot().guests[wanted.vmid]
        // What the changes made themselves is known already.
        if outline == nil, worlds.after.snapshot().guests[wanted.vmid] != nil { return }
        guard let node = outline?.node ?? wanted.node, let kind = outline?.kind ?? wanted.kind else { return }
        let reader = GuestReader(
            live: live, reads: reads, now: clock.wallTime, kind: kind, vmid: wanted.vmid, node: node)
        if depth[wanted.vmid] == nil {
            guard let guest = try await reader.guest(outline, isNew: outline == nil) else { return }
            for world in [worlds.before, worlds.after] {
                world.update { state in
                    var guest = guest
                    // What was changed from outside the guest already: its pool, its HA.
                    if let present = state.guests[guest.vmid] {
                        (guest.pool, guest.haState) = (present.pool, present.haState)
                    } else if outline != nil {
                        return
                    }
                    state.put(guest)
                }
            }
            depth[wanted.vmid] = .outside
        }
        guard wish == .whole, let guest = worlds.before.snapshot().guests[wanted.vmid] else { return }
        let frozen = await reader.snapshotConfigs(guest.snapshots.map(\.name))
        for world in [worlds.before, worlds.after] {
            world.update { state in
                guard var guest = state.guests[wanted.vmid] else { return }
                for index in guest.snapshots.indices where guest.snapshots[index].config.isEmpty {
                    if let config = frozen[guest.snapshots[index].name] { guest.snapshots[index].config = config }
                }
                state.put(guest)
            }
        }
        for name in guest.storageNames { try await readContent(name, on: node, worlds, of: wanted.vmid) }
        depth[wanted.vmid] = .whole
    }

    /// Reads the volumes on a storage: all, or those of one guest.
    private func readContent(
        _ storage: String, on node: String, _ worlds: Worlds, of vmid: Int? = nil
    ) async throws(Failure) {
        let whole = "\(node)/\(storage)"
        let place = vmid.map { "\(whole)/\($0)" } ?? whole
        guard !storages.contains(whole), !storages.contains(place) else { return }
        guard let definition = worlds.before.snapshot().storageList.first(where: { $0.name == storage }) else { return }
        let rows: [JSONValue]
        do throws(Failure) {
            let path = ["nodes", node, "storage", storage, "content"]
            rows = try await live.read(path, vmid.map { [("vmid", .integer($0))] } ?? []).array ?? []
        } catch {
            guard error.status != nil else { throw error }
            return reads.note(gap: "GET /nodes/\(node)/storage/\(storage)/content: \(error.message)")
        }
        storages.insert(place)
        let volumes = rows.compactMap { SimulatedVolume($0, node: definition.shared ? nil : node) }
        let old = Set(worlds.before.snapshot().volumes.filter { $0.storage == storage }.map(\.place))
        let fresh = volumes.filter { !old.contains($0.place) }
        for world in [worlds.before, worlds.after] { world.update { $0.volumes += fresh } }
    }

    /// Reads whose disks build on those of a template that is to go.
    private func readClones(of change: PlannedChange, _ worlds: Worlds) async throws(Failure) {
        guard let vmid = change.guests.first?.vmid, let guest = worlds.after.snapshot().guests[vmid], guest.isTemplate
        else { return }
        for name in guest.storageNames { try await readContent(name, on: guest.node, worlds) }
    }

    /// Reads the configuration inside a backup.
    private func readArchive(_ volid: String, _ change: PlannedChange, _ worlds: Worlds) async throws(Failure) {
        let node = change.segments[1]
        let isKnown = worlds.after.snapshot().volumes.contains { $0.volid == volid && $0.backedUp == nil }
        guard isKnown else { return }
        let path = ["nodes", node, "vzdump", "extractconfig"]
        let text = try await live.read(path, [("volume", .text(volid))]).perlText ?? ""
        let config = GuestReader.config(lines: text)
        for world in [worlds.before, worlds.after] {
            world.update { state in
                for index in state.volumes.indices where state.volumes[index].volid == volid {
                    state.volumes[index].backedUp = config
                }
            }
        }
    }

    /// Brings a task that runs in the live cluster into the twin, so that it can be ended there.
    private func adopt(_ upid: String, _ change: PlannedChange, _ worlds: Worlds) async throws(Failure) {
        guard change.segments.count > 1, !worlds.after.snapshot().hasTask(upid) else { return }
        let status = try await live.read(["nodes", change.segments[1], "tasks", upid, "status"])
        let isRunning = status["status"]?.perlText == "running"
        for world in [worlds.before, worlds.after] {
            world.update { $0.adopt(upid, isRunning: isRunning, exit: status["exitstatus"]?.perlText) }
        }
    }
}

extension SimulatedVolume {
    /// What tells it from every other: two nodes may have local volumes of one name.
    fileprivate var place: String { "\(node ?? "")/\(volid)" }

    /// Reads a row of a storage's content.
    init?(_ row: JSONValue, node: String?) {
        guard let volid = row["volid"]?.perlText, let content = row["content"]?.perlText else { return nil }
        self.init(
            volid, node: node, content: content, format: row["format"]?.perlText ?? "raw",
            size: max(0, row["size"]?.perlInteger ?? 0), vmid: row["vmid"]?.perlInteger,
            created: row["ctime"]?.perlNumber ?? 0, notes: row["notes"]?.perlText,
            protected: row["protected"]?.perlBool ?? false)
    }
}

extension SimulatedGuest {
    /// The storages that its disks lie on.
    fileprivate var storageNames: [String] {
        let values = config.entries.filter { SimulatedCluster.isDiskOption($0.key) }.map(\.value)
        return Set(values.filter { $0.contains(":") && !$0.hasPrefix("/") }.map { String($0.prefix { $0 != ":" }) })
            .sorted()
    }
}
