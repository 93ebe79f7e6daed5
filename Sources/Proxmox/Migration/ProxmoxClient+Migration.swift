// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension ProxmoxClient {
    /// What the guest's node says of a migration.
    ///
    /// - Throws: ``Failure`` of the kind `unsupported` for a container before PVE 9, `locked`, `no_quorum`.
    public func migrationPreconditions(
        of guest: GuestReference, to target: NodeName? = nil
    ) async throws(Failure) -> MigrationPreconditions {
        let parameters = target.map { [(name: "target", value: APIParameter.text($0.rawValue))] } ?? []
        return MigrationPreconditions(try await send(APICall(.get, guest.path("migrate"), parameters)).data)
    }

    /// Where high availability lets a guest be; nil where it cannot be read or does not look after the guest.
    ///
    /// Group and rules are asked for in turn; a version has one of them and refuses the other.
    public func placement(of guest: GuestReference) async -> ServicePlacement? {
        let sid = "\(guest.kind == .qemu ? "vm" : "ct"):\(guest.vmid)"
        guard let resource = try? await send(.get("cluster", "ha", "resources", sid)).data else { return nil }
        if let group = resource["group"]?.perlText {
            return ServicePlacement(
                resource: resource, group: try? await send(.get("cluster", "ha", "groups", group)).data)
        }
        let rules = try? await send(.get("cluster", "ha", "rules")).data.array
        return ServicePlacement(resource: resource, rules: rules ?? [])
    }
}
