// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// One snapshot of a guest, as Proxmox lists it.
public struct GuestSnapshot: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// When it was taken, in seconds since 1970; nil where Proxmox does not know.
    public var time: Int?
    /// What was written about it.
    public var description: String
    /// The snapshot before it.
    public var parent: String?
    /// Whether it holds the guest's memory.
    public var hasMemory: Bool
    /// `prepare` or `delete` where such a step was never finished; nil for a complete one.
    public var leftover: String?

    /// Reads a row of the list, or returns nil for the row that stands for the present and for what is none.
    public init?(_ row: JSONValue) {
        guard let name = row["name"]?.perlText, name != "current" else { return nil }
        self.name = name
        time = row["snaptime"]?.perlInteger.flatMap { $0 > 0 ? $0 : nil }
        let text = row["description"]?.perlText ?? ""
        description = text.last?.isNewline == true ? String(text.dropLast()) : text
        parent = row["parent"]?.perlText
        hasMemory = row["vmstate"]?.perlBool ?? false
        leftover = row["snapstate"]?.perlText.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// All snapshots of a guest and how they descend from each other.
public struct SnapshotTree: Hashable, Sendable {
    /// Depth first, older ones before newer ones of the same parent.
    public let snapshots: [GuestSnapshot]
    /// The snapshot that the present descends from directly; nil where there is none.
    public let present: String?
    private let depths: [String: Int]

    /// Reads the list in whatever order it came; a parent that is not in it, or that closes a ring, counts as none.
    public init(rows: [JSONValue]) {
        let found = rows.compactMap(GuestSnapshot.init)
        let known = Set(found.map(\.name))
        present = rows.first { $0["name"]?.perlText == "current" }?["parent"]?.perlText.flatMap {
            known.contains($0) ? $0 : nil
        }
        let children = Dictionary(grouping: found) { $0.parent.flatMap { known.contains($0) ? $0 : nil } }
        var order: [GuestSnapshot] = []
        var depths: [String: Int] = [:]
        func walk(_ level: [GuestSnapshot], _ depth: Int) {
            for snapshot in level.sorted(by: Self.isBefore) where depths[snapshot.name] == nil {
                depths[snapshot.name] = depth
                order.append(snapshot)
                walk(children[snapshot.name] ?? [], depth + 1)
            }
        }
        walk(children[nil] ?? [], 0)
        walk(found, 0)
        snapshots = order
        self.depths = depths
    }

    private static func isBefore(_ left: GuestSnapshot, _ right: GuestSnapshot) -> Bool {
        (left.time ?? 0, left.name) < (right.time ?? 0, right.name)
    }

    /// The snapshot of that name.
    public subscript(_ name: String) -> GuestSnapshot? { snapshots.first { $0.name == name } }

    /// How many snapshots stand above it.
    public func depth(of name: String) -> Int { depths[name] ?? 0 }

    /// The names of those that descend from it directly.
    public func children(of name: String) -> [String] { snapshots.filter { $0.parent == name }.map(\.name) }

    /// Those taken later than it, oldest first.
    public func newer(than name: String) -> [GuestSnapshot] {
        guard let snapshot = self[name] else { return [] }
        return snapshots.filter { $0.name != name && Self.isBefore(snapshot, $0) }.sorted(by: Self.isBefore)
    }
}

extension ProxmoxClient {
    /// The snapshots of a guest.
    public func snapshots(of guest: GuestReference) async throws(Failure) -> SnapshotTree {
        SnapshotTree(rows: try await send(APICall(.get, guest.path("snapshot"))).data.array ?? [])
    }
}
