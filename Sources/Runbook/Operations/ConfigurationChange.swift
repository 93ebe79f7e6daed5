// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Templates
internal import Text

/// What shall be different in a guest's configuration.
struct ConfigurationRequest: Sendable {
    var set: [(name: String, value: APIParameter)] = []
    var delete: [String] = []
    var revert: [String] = []
    /// The digest of the configuration that the change is meant for; nil for the one that is there now.
    var digest: String?
}

/// Changes a configuration only if it is still the one that was seen (compare-and-set by digest).
struct ConfigurationChange: Sendable {
    let call: OperationCall

    /// The beginning of what is said where the configuration is not the one that was seen.
    static let changed = "the configuration was changed by somebody else"

    private static let control: Set<String> = [
        "digest", "delete", "revert", "skiplock", "force", "background_delay", "node", "vmid",
    ]

    /// Makes the change and tells what came of it.
    func make(_ request: ConfigurationRequest, of guest: GuestFacts) async throws(Failure) -> JSONObject {
        try check(request, guest)
        if let digest = request.digest, digest != guest.digest {
            throw await conflict(guest, with: guest.config, seen: call.gate.run.remembered(digest: digest))
        }
        let parameters = parameters(request, guest)
        guard !parameters.isEmpty else { return unchanged(guest) }
        try await checkStorages(parameters, guest)
        let isTask = guest.kind == .qemu && parameters.contains { Self.touchesDisk($0, guest) }
        let methods = call.operation.endpoints.map(\.method)
        let method: HTTPMethod = methods.contains("POST") && (isTask || !methods.contains("PUT")) ? .post : .put
        let send = APICall(method, try guest.reference.path("config"), parameters)
        try await call.checkAgainstSchema(send)
        var change = try await call.change(send)
        // What is sent was worked out from the configuration as it was read first, not as it has become since.
        if let now = change.guest, now.digest != guest.digest {
            throw await conflict(guest, with: now.config, seen: guest.config)
        }
        change.weigh = { (now) throws(Failure) in
            if now.digest != guest.digest { throw await conflict(guest, with: now.config, seen: guest.config) }
            return []
        }
        let isGiven = request.digest
        change.complete = { (change) throws(Failure) in
            // What a person was shown, or what the script read, is what the change is for.
            guard let digest = isGiven ?? change.guest?.digest else { return }
            change.call.parameters.append(.init("digest", .text(digest)))
        }
        change.report = { (result) throws(Failure) in try await report(result, guest) }
        do throws(Failure) {
            return try await call.gate.change(change).json(change).object ?? JSONObject()
        } catch {
            guard error.kind == .conflict,
                error.says("checksum mismatch") || error.says("detected modified configuration"),
                let now = try? await call.environment.client.facts(of: guest.vmid)
            else { throw error }
            throw await conflict(guest, with: now.config, seen: guest.config, error)
        }
    }

    // MARK: - Before

    private func check(_ request: ConfigurationRequest, _ guest: GuestFacts) throws(Failure) {
        if request.set.isEmpty, request.delete.isEmpty, request.revert.isEmpty {
            throw .parameter(
                "options", "names nothing to change", hint: "set = { memory = 2048 }, delete = { \"name\" }")
        }
        for (name, _) in request.set where Self.control.contains(name) {
            throw .parameter("options.set.\(name)", "is no option of a guest")
        }
        for (name, value) in request.set where GuestDisks.disk(name, "", guest.kind) != nil {
            try checkSize(name, value)
        }
        let both = Set(request.delete).intersection(request.set.map(\.name))
        if let name = both.min() { throw .parameter("options.delete", "names \(name), which is set as well") }
        if request.digest.map({ $0.utf8.count != 40 || !$0.utf8.allSatisfy(\.isASCIIAlphanumeric) }) == true {
            throw .parameter("options.digest", "is no digest", hint: "pve.config(guest).digest gives one")
        }
    }

    /// Refuses new disks on storages that the node does not have or that hold no disks.
    private func checkStorages(
        _ parameters: [(name: String, value: APIParameter)], _ guest: GuestFacts
    ) async throws(Failure) {
        var check: StorageCheck?
        for (name, value) in parameters where GuestDisks.disk(name, "", guest.kind) != nil {
            guard case .text(let text) = value else { continue }
            let parts = text.prefix { $0 != "," }.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[1] == "cloudinit" || Double(parts[1]) != nil else { continue }
            let known: StorageCheck
            if let check { known = check } else { known = try await StorageCheck.read(guest.node, call) }
            check = known
            try known.require(String(parts[0]), holds: guest.kind == .qemu ? "images" : "rootdir") { text, hint in
                .parameter("options.set.\(name)", text, hint: hint)
            }
        }
    }

    /// A new disk is `storage:GIB`: a size with a minus or a unit would be taken for a volume's name.
    private func checkSize(_ name: String, _ value: APIParameter) throws(Failure) {
        guard case .text(let text) = value else { return }
        let file = text.prefix { $0 != "," }
        guard let colon = file.firstIndex(of: ":") else { return }
        let rest = file[file.index(after: colon)...]
        let isOdd =
            rest.first == "-" || rest.first?.isNumber == true && rest.contains(" ")
            || DiskSize(String(rest)) != nil && rest.last?.isLetter == true
        if isOdd {
            throw .parameter(
                "options.set.\(name)", "gives \"\(TextExcerpt.of(String(rest)))\" as a size",
                hint: "a new disk's size is a number of GiB: \(file[..<colon]):32")
        }
    }

    /// The parameters of what is really different; nothing where all is as wished.
    private func parameters(
        _ request: ConfigurationRequest, _ guest: GuestFacts
    ) -> [(name: String, value: APIParameter)] {
        var list: [(name: String, value: APIParameter)] = []
        for (name, value) in request.set {
            var value = value
            if name == "sshkeys", case .text(let keys) = value, keys.contains(" ") {
                value = .text(SSHKeys.encoded(keys))
            }
            if guest.config[name]?.perlText != Self.text(value) { list.append((name, value)) }
        }
        let gone = request.delete.filter { guest.config[$0] != nil }
        if !gone.isEmpty { list.append(("delete", .text(gone.joined(separator: ",")))) }
        if !request.revert.isEmpty { list.append(("revert", .text(request.revert.joined(separator: ",")))) }
        return list
    }

    private static func text(_ value: APIParameter) -> String? {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "1" : "0"
        default: nil
        }
    }

    /// Making or freeing a disk may take longer than the node lets a plain call wait (pve-facts §5).
    private static func touchesDisk(_ parameter: (name: String, value: APIParameter), _ guest: GuestFacts) -> Bool {
        if GuestDisks.disk(parameter.name, "", guest.kind) != nil { return true }
        guard parameter.name == "delete", let names = text(parameter.value) else { return false }
        return names.split(separator: ",").contains { GuestDisks.disk(String($0), "", guest.kind) != nil }
    }

    // MARK: - After

    private func report(_ result: ChangeResult, _ guest: GuestFacts) async throws(Failure) -> JSONObject {
        let now = result.effect?.facts ?? guest
        var details = JSONObject([("digest", JSONValue(now.digest))])
        let answer = try? await call.environment.client.send(APICall(.get, now.reference.path("pending")))
        if let rows = answer?.data.array {
            details["pending"] = .array(PendingOptions(rows).names.map(JSONValue.string))
        }
        return details
    }

    private func unchanged(_ guest: GuestFacts) -> JSONObject {
        JSONObject([
            ("changed", false), ("action", "guest.config"), ("vmid", JSONValue(guest.vmid.rawValue)),
            ("node", .string(guest.node.rawValue)), ("status", .string(guest.state)), ("verified", true),
            ("warnings", 0), ("pending", .array([])), ("digest", JSONValue(guest.digest)),
        ])
    }

    private func conflict(
        _ guest: GuestFacts, with now: JSONObject, seen: JSONObject?, _ cause: Failure? = nil
    ) async -> Failure {
        var failure = cause ?? Failure(.conflict, "")
        failure.message = "\(Self.changed) since it was seen; nothing was changed"
        let differences = seen.map { Self.differences(from: $0, to: now) } ?? []
        if !differences.isEmpty { failure.message += ": " + differences.joined(separator: "; ") }
        failure.hint = "read it again (pve.config) and decide anew"
        failure.vmid = guest.vmid.rawValue
        failure.node = guest.node.rawValue
        return failure
    }

    /// What is different, an option each.
    static func differences(from before: JSONObject, to now: JSONObject) -> [String] {
        let names = Set(before.members.map(\.key) + now.members.map(\.key)).subtracting(["digest", "lock"])
        return names.sorted().compactMap { name in
            let (old, new) = (before[name]?.perlText, now[name]?.perlText)
            guard old != new else { return nil }
            if name.contains("password") || name == "sshkeys" { return "\(name) is another" }
            return "\(name) was \(old.map { TextExcerpt.of($0) } ?? "not set") and is "
                + (new.map { TextExcerpt.of($0) } ?? "not set")
        }
    }
}

extension Failure {
    /// Whether Proxmox's text or the message says so.
    func says(_ text: String) -> Bool { message.contains(text) || raw?.contains(text) == true }
}
