// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Backing up one guest, and finding the backup that came of it.
///
/// A task's word is not enough: `vzdump` answers a literal `OK` where the node found nothing to do, and a task may end well
/// without a backup that anybody can see (pve-facts §4). Done is what is listed and was not before.
struct BackupCreation: Sendable {
    let call: OperationCall
    let guest: GuestFacts
    let storage: NodeStorage

    private var client: ProxmoxClient { call.environment.client }
    /// How often the storage is looked at before a backup counts as missing.
    private static let looks = 5

    func run() async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let endpoint = try call.endpoint()
        let path = try APIPath(["nodes", guest.node.rawValue, "vzdump"])
        var change = Change(
            endpoint: endpoint, call: APICall(.post, path, try parameters(options)), guest: guest,
            timeout: options.seconds("timeout") ?? BackupHandlers.patience(call), waits: options.flag("wait") ?? true)
        change.consequences = try consequences(guest, options.text("mode"))
        change.weigh = { (guest) throws(Failure) in try consequences(guest, options.text("mode")) }
        change.complete = { (change) throws(Failure) in
            let before = Set(try await listed(on: guest.node).map(\.volume))
            change.report = { (result) throws(Failure) in try await found(result, since: before) }
        }
        let begun = Int(call.environment.now())
        do throws(Failure) {
            return try await call.gate.change(change).json(change)
        } catch {
            throw await explained(error, begun: begun)
        }
    }

    private func parameters(_ options: Arguments) throws(Failure) -> [(name: String, value: APIParameter)] {
        let compress = options.text("compress") ?? "zstd"
        var list: [(name: String, value: APIParameter)] = [
            ("vmid", .text(guest.vmid.description)), ("storage", .text(storage.storage.rawValue)),
            ("mode", .text(options.text("mode") ?? "snapshot")),
            ("compress", .text(compress == "none" ? "0" : compress)),
            // What is older stays: removing it is an action of its own.
            ("remove", .boolean(false)),
        ]
        if options.flag("protected") == true { list.append(("protected", .boolean(true))) }
        if let notes = options.text("notes") { list.append(("notes-template", .text(try Self.template(notes)))) }
        if let limit = options.integer("bwlimit") { list.append(("bwlimit", .integer(limit))) }
        return list
    }

    /// Notes as `notes-template` takes them (PVE::VZDump, `generate_notes`): line ends and backslashes escaped.
    static func template(_ notes: String) throws(Failure) -> String {
        for part in notes.components(after: "{{") {
            let name = part.prefix { $0 != "}" }
            guard ["cluster", "guestname", "node", "vmid"].contains(name) else {
                throw .parameter(
                    "options.notes",
                    "holds {{\(TextExcerpt.of(String(name.prefix(20))))}}, which Proxmox does not fill in",
                    hint: "there are {{cluster}}, {{guestname}}, {{node}} and {{vmid}}")
            }
        }
        let text = notes.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        guard text.utf8.count <= 1024 else { throw .parameter("options.notes", "must be at most 1024 bytes long") }
        return text
    }

    private func consequences(_ guest: GuestFacts, _ mode: String?) throws(Failure) -> [String] {
        guard !guest.isStopped else { return [] }
        switch mode {
        case "stop":
            if guest.isHAManaged, guest.haState == "started" {
                throw .parameter(
                    "options.mode", "is stop, and high availability keeps guest \(guest.vmid) running",
                    hint: "use snapshot")
            }
            return ["the guest is shut down for its backup and started again"]
        case "suspend": return ["the guest stands still while its backup begins"]
        default: return []
        }
    }

    private func listed(on node: NodeName) async throws(Failure) -> [BackupVolume] {
        try await client.backups(
            on: storage.storage, of: node, isShared: storage.isShared, vmid: guest.vmid)
    }

    // MARK: - Afterwards

    private func found(_ result: ChangeResult, since before: Set<VolumeID>) async throws(Failure) -> JSONObject {
        guard result.upid != nil else { throw await nothingDone() }
        for look in 0..<Self.looks {
            if look > 0 { try? await client.clock.sleep(for: .seconds(2)) }
            let fresh: [BackupVolume]
            do throws(Failure) { fresh = try await listed(on: guest.node) } catch {
                var failure = error
                failure.kind = .outcomeUnknown
                failure.message = "the task ended well, but the backup cannot be looked for: \(error.message)"
                throw failure
            }
            if let backup = fresh.first(where: { !before.contains($0.volume) && $0.size > 0 }) {
                return backup.json(now: call.environment.now()).object ?? JSONObject()
            }
        }
        throw Failure(
            .taskFailed, "the task ended well, but there is no new backup of guest \(guest.vmid) on \(storage.storage)",
            hint: "the task's log tells what it did")
    }

    /// Why the node found nothing to do: usually the guest is not there any more.
    private func nothingDone() async -> Failure {
        let now = try? await client.facts(of: guest.vmid)
        var failure = Failure(
            .conflict, "\(guest.node) answered OK without making a backup of guest \(guest.vmid)",
            hint: "look where the guest is, and do it again", raw: "OK")
        if let now, now.node != guest.node {
            failure.message += ": it has moved to \(now.node)"
            failure.hint = "do it again"
        }
        return failure
    }

    /// `job errors` says nothing; the log's last ERROR does.
    private func explained(_ error: Failure, begun: Int) async -> Failure {
        guard error.kind == .taskFailed, error.upid != nil else { return error }
        var failure = error
        if let line = error.log.last(where: { $0.hasPrefix("ERROR: ") && !$0.hasPrefix("ERROR: Backup job") }) {
            failure.message = "the backup failed: \(line.dropFirst(7))"
            if line.contains("got timeout") {
                failure.hint =
                    "the guest's monitor did not answer: a backup may still run in it; look at its lock first"
            }
        }
        if let left = try? await listed(on: guest.node).first(where: { ($0.time ?? 0) >= begun }) {
            failure.message += "; \(left.volume) was left behind all the same"
        }
        return failure
    }
}

extension String {
    /// What follows each occurrence of a text.
    fileprivate func components(after mark: String) -> [Substring] {
        var rest = self[...]
        var result: [Substring] = []
        while let range = rest.firstRange(of: mark) {
            rest = rest[range.upperBound...]
            result.append(rest)
        }
        return result
    }
}
