// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What operations look up about a guest before they change it.
struct GuestLookups: Sendable {
    let call: OperationCall

    /// The names of a guest's snapshots.
    func snapshots(of guest: GuestFacts) async throws(Failure) -> [String] {
        try await SnapshotHandlers.tree(call, guest).snapshots.map(\.name).sorted()
    }

    /// Whether all disks of a guest can do this: `snapshot`, `clone` (linked) or `copy` (full).
    func has(_ feature: String, _ guest: GuestFacts, snapshot: String?) async throws(Failure) -> Bool {
        var request = APICall(.get, try guest.reference.path("feature"), [("feature", .text(feature))])
        if let snapshot { request.parameters.append(.init("snapname", .text(snapshot))) }
        let answer = try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
        return answer["hasFeature"]?.perlBool ?? false
    }

    /// The row of a node; one that the cluster does not have, or that is not there now, is refused.
    @discardableResult
    func node(_ node: NodeName, field: String) async throws(Failure) -> ClusterResource {
        let rows = try await call.resources(.node)
        guard let row = rows.first(where: { $0.node == node }) else {
            throw .parameter(
                field, "names the node \(node), which the cluster does not have",
                hint: "its nodes are " + rows.compactMap(\.node?.rawValue).sorted().joined(separator: ", "))
        }
        guard row.status == "online" else {
            throw .parameter(field, "names the node \(node), which is \(row.status ?? "unknown")")
        }
        return row
    }

    /// Refuses what is no name of a guest: letters, digits, hyphens and dots, as a host is named.
    static func checkName(_ name: String?, field: String) throws(Failure) {
        guard let name else { return }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
        }
        guard isName else {
            throw .parameter(
                field, "is \"\(TextExcerpt.of(name))\", which is no name for a guest",
                hint: "letters, digits, hyphens and dots, as a host is named")
        }
    }
}
