// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Text

/// Looking at guests.
enum InventoryHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "list_vms": listVMs,
        "find": find,
        "vm": vm,
        "version": version,
    ]

    static func listVMs(_ call: OperationCall) async throws(Failure) -> JSONValue {
        var filters = GuestFilters(call.arguments.options("filters"))
        filters.template = filters.template ?? false
        let guests = try await call.guests()
        if guests.isEmpty { await EmptyListNote(call: call).tell() }
        return GuestRecords.all(consume guests, where: filters.matches)
    }

    static func find(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let pattern = Glob(call.arguments.text("pattern") ?? "")
        let filters = GuestFilters(call.arguments.options("filters"))
        let guests = try await call.guests()
        if guests.isEmpty { await EmptyListNote(call: call).tell() }
        var found: [JSONValue] = []
        for guest in guests where filters.matches(guest) {
            guard let field = field(of: guest.row, matching: pattern), var record = guest.json.object else { continue }
            record["matched"] = .string(field)
            found.append(.object(record))
        }
        let nameless = guests.filter { $0.row.name == nil && $0.row.guest != nil }
        if !nameless.isEmpty {
            call.environment.output.log(
                .warning,
                "of \(nameless.count) guests the cluster does not tell the name now, so only vmid, tags and pool were "
                    + "compared: " + nameless.prefix(5).compactMap(\.row.vmid?.description).joined(separator: ", "))
        }
        return .array(found)
    }

    private static func field(of guest: ClusterResource, matching pattern: Glob) -> String? {
        if let name = guest.name, pattern.matches(name) { return "name" }
        if guest.tags.contains(where: pattern.matches) { return "tag" }
        if let vmid = guest.vmid, pattern.matches(vmid.description) { return "vmid" }
        if let pool = guest.pool, pattern.matches(pool) { return "pool" }
        return nil
    }

    static func vm(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let vmid: VMID
        if let name = call.arguments.text("guest") {
            vmid = try only(named: name, try await call.guests())
        } else {
            vmid = try call.arguments.guest()
        }
        // The node is not known yet, and does not matter to what the call is.
        let request = try APICall.get("nodes", "localhost", "qemu", vmid.description, "status", "current")
        return try await call.gate.read(request) { client throws(Failure) in
            do throws(Failure) {
                return try await call.gate.resolve(vmid).json
            } catch {
                // Of a guest whose node is gone there is still something to tell; what hangs may not be taken for gone.
                guard error.kind == .nodeUnreachable,
                    let guest = try? await client.guests().first(where: { $0.row.vmid == vmid }),
                    guest.isLost
                else { throw error }
                return guest.json
            }
        }
    }

    /// The one guest of that name.
    private static func only(named name: String, _ guests: GuestList) throws(Failure) -> VMID {
        let found = guests.filter { $0.row.name == name }
        if found.count == 1, let vmid = found.first?.row.vmid { return vmid }
        guard found.isEmpty else {
            let candidates = found.map { "\($0.row.vmid?.description ?? "") on \($0.row.node?.rawValue ?? "")" }
            throw .parameter(
                "guest",
                "\"\(TextExcerpt.of(name))\" is the name of \(found.count) guests: "
                    + candidates.joined(separator: ", "), hint: "name it by its vmid")
        }
        var failure = Failure(.notFound, "there is no guest named \"\(TextExcerpt.of(name))\"")
        failure.hint =
            Spelling.suggestion(for: name, among: guests.compactMap(\.row.name))
            ?? "pve.find(\"*part*\") looks for parts of names; only guests with VM.Audit show"
        throw failure
    }

    static func version(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let request = try APICall.get("version")
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        var object = answer.object ?? JSONObject()
        object["pvelua"] = .string(call.environment.settings.version)
        object["lua"] = "5.4"
        return .object(object)
    }
}

/// Tells a person when a list of guests is empty because none may be seen.
struct EmptyListNote {
    let call: OperationCall

    /// Asks once a run; what cannot be asked is not told.
    func tell() async {
        guard await call.gate.run.isFirst("empty list"),
            let permissions = try? await call.environment.client.permissions(),
            permissions.reach(of: .seeingGuests) == .nowhere
        else { return }
        call.environment.output.log(
            .warning,
            "the list is empty because this identity has no VM.Audit on any guest, not because there is none; "
                + "`pvelua cluster doctor` tells more")
    }
}
