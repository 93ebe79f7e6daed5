// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Templates

/// A guest's configuration.
enum ConfigurationHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "config": config,
        "configure": configure,
        "tag": tag,
        "untag": untag,
        "protect": protect,
        "cloudinit_update": cloudInit,
    ]

    // MARK: - Reading

    static func config(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let guest = try await call.environment.client.locate(try call.arguments.guest())
        var request = APICall(.get, try guest.path("config"))
        if let snapshot = options.text("snapshot") {
            if options.flag("pending") == true {
                throw .parameter("options.pending", "is for the present; a snapshot has nothing that waits")
            }
            request.parameters = [.init("snapshot", .text(snapshot))]
        } else {
            request.parameters = [.init("current", .boolean(true))]
        }
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        guard let config = answer.object else { throw Failure(.server, "the configuration is not an object") }
        if options.text("snapshot") == nil, let digest = config["digest"]?.perlText {
            await call.gate.run.remember(config, digest: digest)
        }
        guard options.flag("pending") == true else { return .object(config) }
        let rows = try await call.read(APICall(.get, try guest.path("pending"))).array ?? []
        let waiting = PendingOptions(rows)
        return .object(
            JSONObject([
                ("config", .object(config)), ("pending", .object(waiting.changed)),
                ("deleted", .array(waiting.deleted.map(JSONValue.string))), ("digest", config["digest"] ?? .null),
            ]))
    }

    // MARK: - Changing

    static func configure(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let options = call.arguments.options()
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        var wish = ConfigurationRequest(digest: options.text("digest"))
        wish.set = APIParameterReader.parameters(options.value("set"))
        wish.delete = options.value("delete")?.array?.compactMap(\.string) ?? []
        wish.revert = options.value("revert")?.array?.compactMap(\.string) ?? []
        return .object(try await ConfigurationChange(call: call).make(wish, of: guest))
    }

    static func protect(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest())
        var wish = ConfigurationRequest()
        wish.set = [("protection", .boolean(call.arguments.flag("on") ?? true))]
        return .object(try await ConfigurationChange(call: call).make(wish, of: guest))
    }

    static func cloudInit(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let guest = try await call.gate.resolve(try call.arguments.guest(), on: call.arguments.node())
        let endpoint = try call.endpoint()
        guard GuestDisks.of(guest.config, guest.kind).contains(where: { $0.medium == .cloudInit }) else {
            throw Failure(
                .unsupported, "\(Change.name(guest)) has no cloud-init drive",
                hint: "add one: pve.configure(nil, \(guest.vmid), { set = { ide2 = \"STORAGE:cloudinit\" } })"
            ).about(guest)
        }
        let change = Change(
            endpoint: endpoint, call: APICall(.put, try guest.reference.path("cloudinit")), guest: guest,
            timeout: call.timeout)
        return try await call.gate.change(change).json(change)
    }

    // MARK: - Tags

    /// How often tags are read anew because somebody else changed the configuration meanwhile.
    private static let rounds = 3

    static func tag(_ call: OperationCall) async throws(Failure) -> JSONValue {
        try await tags(call) { present, given in present + given }
    }

    static func untag(_ call: OperationCall) async throws(Failure) -> JSONValue {
        try await tags(call) { present, given in present.filter { !given.contains($0) } }
    }

    private static func tags(
        _ call: OperationCall, _ join: ([String], [String]) -> [String]
    ) async throws(Failure) -> JSONValue {
        let given = try givenTags(call.arguments.value("tags"))
        var trouble = Failure(.conflict, "the tags kept changing")
        for _ in 0..<rounds {
            let guest = try await call.gate.resolve(try call.arguments.guest())
            let joined = join(guest.tags, given).reduce(into: [String]()) { list, tag in
                if !list.contains(tag) { list.append(tag) }
            }
            var wish = ConfigurationRequest()
            if joined.isEmpty {
                wish.delete = ["tags"]
            } else {
                wish.set = [("tags", .text(joined.joined(separator: ";")))]
            }
            do throws(Failure) {
                var result = try await ConfigurationChange(call: call).make(wish, of: guest)
                result["tags"] = .array(joined.map(JSONValue.string))
                return .object(result)
            } catch {
                guard error.kind == .conflict, error.says(ConfigurationChange.changed) else { throw error }
                trouble = error
            }
        }
        throw trouble
    }

    private static func givenTags(_ value: JSONValue?) throws(Failure) -> [String] {
        let texts = value?.array?.map { $0.string ?? "" } ?? value?.string.map { [$0] }
        guard let texts, !texts.isEmpty else { throw .parameter("tags", "must be a tag or a list of tags") }
        for text in texts where !GuestTag.isTag(text) {
            throw .parameter("tags", "holds \"\(TextExcerpt.of(text))\", which is no tag", hint: GuestTag.rule)
        }
        return texts
    }
}

/// What waits for a guest's next start.
struct PendingOptions {
    /// Options with the values that they will have.
    private(set) var changed = JSONObject()
    /// Options that will be gone.
    private(set) var deleted: [String] = []

    init(_ rows: [JSONValue]) {
        for row in rows {
            guard let key = row["key"]?.perlText else { continue }
            if let value = row["pending"] { changed[key] = value }
            if (row["delete"]?.perlInteger ?? 0) > 0 { deleted.append(key) }
        }
    }

    /// All of them by name.
    var names: [String] { (changed.members.map(\.key) + deleted).sorted() }
}
