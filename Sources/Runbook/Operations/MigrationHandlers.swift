// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Moving guests between nodes.
enum MigrationHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "migrate": migrate,
        "migrate_check": check,
    ]

    static func migrate(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let arguments = call.arguments.options()
        guard let endpoint = call.operation.endpoints.first, let node = call.arguments.node("target") else {
            throw .parameter("target", "is missing; it must be a node name")
        }
        let options = try MigrationOptions(arguments)
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        try options.check(for: guest)
        let sight = try await MigrationSight.read(guest, to: node, call)
        let target = try await MigrationTarget.read(node, sight, call)
        let judge = MigrationJudge(sight: sight, target: target, options: options)
        let reasons = arguments.flag("check") == false ? judge.place().map { [$0] } ?? [] : judge.reasons()
        if var failure = MigrationReason.refusal(reasons, of: guest.vmid, to: node) {
            failure.action = endpoint.action
            failure.node = guest.node.rawValue
            throw failure
        }
        var change = Change(
            endpoint: endpoint,
            call: APICall(.post, try guest.reference.path("migrate"), options.parameters(for: guest, to: node)),
            guest: guest,
            // Disks and memory take their time; a task that is given up goes on without anybody watching.
            timeout: arguments.seconds("timeout") ?? max(call.environment.settings.taskTimeout, .seconds(3600)),
            waits: arguments.flag("wait") ?? true)
        change.consequences = consequences(sight, options, node)
        change.weigh = { now in
            var later = sight
            (later.guest, later.disks) = (now, GuestDisks.of(now.config, now.kind))
            return consequences(later, options, node)
        }
        change.foretold = JSONObject([("from", .string(guest.node.rawValue))])
        return try await call.gate.change(change).json(change)
    }

    static func check(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = try MigrationOptions(call.arguments.options())
        let guest = try await call.gate.resolve(try call.arguments.guest())
        try options.check(for: guest)
        let node = call.arguments.node("target")
        let sight = try await MigrationSight.read(guest, to: node, call)
        let record = MigrationRecord(sight: sight, options: options)
        var result = record.common
        if let node {
            let target = try await MigrationTarget.read(node, sight, call)
            for member in record.of(target).members { result[member.key] = member.value }
            return .object(result)
        }
        var nodes = JSONObject()
        for name in sight.nodes.compactMap(\.node).sorted() where name != guest.node {
            nodes[name.rawValue] = .object(record.of(try await MigrationTarget.read(name, sight, call)))
        }
        result["nodes"] = .object(nodes)
        return .object(result)
    }

    /// What the move means for the guest as it is now.
    private static func consequences(
        _ sight: MigrationSight, _ options: MigrationOptions, _ target: NodeName
    ) -> [String] {
        var list: [String] = []
        if sight.guest.kind == .lxc, !sight.guest.isStopped {
            list.append("the container is shut down on \(sight.guest.node) and started on \(target)")
        }
        let copied = sight.localDisks.filter { $0.medium == .disk }
        if !copied.isEmpty {
            let names = copied.map { disk in
                let size = sight.size(of: disk).map { " (\(ByteCountText.of($0)))" } ?? ""
                let storage = disk.storage.map { options.storages.target(of: $0).rawValue } ?? "?"
                return "\(disk.key)\(size) to \(storage) on \(target)"
            }
            list.append("disks are copied and then removed here: " + names.joined(separator: ", "))
        }
        if sight.guest.isHAManaged {
            list.append("high availability moves it when its turn comes, and may move it again by its own rules")
        }
        return list
    }
}
