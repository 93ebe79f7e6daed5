// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// The cluster's overview, as far as the credential may see it.
    ///
    /// - Parameter filter: What to ask for, or nil for everything.
    public func resources(type filter: ClusterResource.Filter? = nil) async throws(Failure) -> [ClusterResource] {
        let parameters: [(name: String, value: APIParameter)] = filter.map { [("type", .text($0.rawValue))] } ?? []
        let answer = try await send(.get("cluster", "resources", parameters: parameters))
        guard let rows = answer.data.array else {
            throw Failure(.server, "the cluster's overview is not a list", raw: answer.data.excerpt)
        }
        return ClusterResource.all(rows)
    }

    /// Where a guest is now and of which kind it is.
    ///
    /// - Throws: ``Failure`` of the kind `not_found` where there is none, or none that the credential may see.
    public func locate(_ vmid: VMID) async throws(Failure) -> GuestReference {
        guard let guest = try await row(of: vmid).guest else { throw Self.noGuest(vmid) }
        return guest
    }

    /// What is true of a guest now, if it is where the reference says.
    ///
    /// - Throws: ``Failure`` of the kind `not_found` where it has moved or is gone.
    public func facts(of guest: GuestReference) async throws(Failure) -> GuestFacts {
        let currentPath = try guest.path("status", "current")
        let configPath = try guest.path("config")
        let start = clock.now()
        async let currentAnswer = object(at: currentPath)
        let config = await object(at: configPath)
        let current = await currentAnswer
        return GuestFacts(
            guest, current: try current.get(), config: try config.get(), askedAt: start, observedAt: clock.now())
    }

    /// What is true of a guest now, wherever it is.
    ///
    /// - Throws: ``Failure`` of the kind `not_found` where there is no such guest.
    public func facts(of vmid: VMID) async throws(Failure) -> GuestFacts {
        try await facts(at: try await locate(vmid))
    }

    /// The same for one that has just been looked up.
    func facts(at guest: GuestReference) async throws(Failure) -> GuestFacts {
        do {
            return try await facts(following: guest)
        } catch {
            guard error.kind == .nodeUnreachable else { throw error }
            throw await explained(error, guest)
        }
    }

    /// The failure with what the cluster says of the guest's node.
    private func explained(_ failure: Failure, _ guest: GuestReference) async -> Failure {
        var failure = failure
        failure.vmid = guest.vmid.rawValue
        failure.node = guest.node.rawValue
        let rows = try? await resources(type: .node)
        guard rows?.first(where: { $0.node == guest.node })?.status == "offline" else {
            failure.message = "guest \(guest.vmid) is on \(guest.node), which does not answer: \(failure.message)"
            return failure
        }
        let folder = guest.kind == .qemu ? "qemu-server" : "lxc"
        failure.message =
            "guest \(guest.vmid) is on \(guest.node), and that node is offline: whether it runs is unknown, and nothing was done"
        failure.hint =
            "bring \(guest.node) back. Only where it is certainly switched off, and the guest's disks are on shared storage, "
            + "root may take the guest over: mv /etc/pve/nodes/\(guest.node)/\(folder)/\(guest.vmid).conf "
            + "/etc/pve/nodes/OTHER/\(folder)/"
        return failure
    }

    /// What is true of a guest now; one that is no longer where the reference says is looked up, once.
    ///
    /// - Returns: Facts whose reference names the node it really is on.
    public func facts(following guest: GuestReference) async throws(Failure) -> GuestFacts {
        do {
            return try await facts(of: guest)
        } catch {
            guard error.kind == .notFound else { throw error }
            let found = try await locate(guest.vmid)
            guard found.node != guest.node || found.kind != guest.kind else { throw error }
            return try await facts(of: found)
        }
    }

    private func object(at path: APIPath) async -> Result<JSONObject, Failure> {
        do throws(Failure) {
            let answer = try await send(APICall(.get, path))
            guard let object = answer.data.object else {
                throw Failure(.server, "the answer to \(path) is not an object", raw: answer.data.excerpt)
            }
            return .success(object)
        } catch {
            return .failure(error)
        }
    }
}

extension JSONValue {
    /// The beginning of this value's text, for a failure's `raw`.
    var excerpt: String { TextCleaning.cleaned(Array(encoded().prefix(200)), limit: 200) }
}
