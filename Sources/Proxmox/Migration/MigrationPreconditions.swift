// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// What the node itself says of a virtual machine's migration (`GET …/migrate`).
public struct MigrationPreconditions: Hashable, Sendable {
    /// A volume that only the guest's node has.
    public struct LocalVolume: Hashable, Sendable {
        /// The volume.
        public var volid: String
        /// The key of the drive; nil where it hangs nowhere.
        public var drive: String?
        /// Bytes.
        public var size: Int
        /// Whether it is an image in a CD drive.
        public var isCDROM: Bool
    }

    /// Why a node cannot take the guest.
    public struct Obstacles: Hashable, Sendable {
        /// Storages that it does not have.
        public var storages: [String] = []
        /// Mapped devices that it does not have.
        public var resources: [String] = []
        /// Guests of high availability that keep it away from there (PVE 9).
        public var services: [String] = []
    }

    /// The volumes that would have to be copied.
    public var localVolumes: [LocalVolume]
    /// Devices of the node that the guest uses: it cannot leave with them.
    public var localResources: [String]
    /// Mapped devices that a running guest cannot take along.
    public var fixedResources: [String]
    /// What stands in the way, by node.
    public var obstacles: [NodeName: Obstacles]

    /// Reads the answer.
    public init(_ answer: JSONValue) {
        localVolumes = (answer["local_disks"]?.array ?? []).compactMap { row in
            guard let volid = row["volid"]?.perlText else { return nil }
            return LocalVolume(
                volid: volid, drive: row["drivename"]?.perlText, size: row["size"]?.perlInteger ?? 0,
                isCDROM: row["cdrom"]?.perlBool ?? false)
        }
        localResources = Self.texts(answer["local_resources"])
        let mapped = answer["mapped-resource-info"]?.object
        fixedResources = Self.texts(answer["mapped-resources"]).filter {
            !(mapped?[$0]?["live-migration"]?.perlBool ?? false)
        }
        obstacles = [:]
        for (name, row) in (answer["not_allowed_nodes"] ?? answer["not-allowed-nodes"])?.object?.members ?? [] {
            guard let node = NodeName(name) else { continue }
            obstacles[node] = Obstacles(
                storages: Self.texts(row["unavailable_storages"]), resources: Self.texts(row["unavailable-resources"]),
                services: (row["blocking-ha-resources"]?.array ?? []).compactMap { $0["sid"]?.perlText })
        }
    }

    private static func texts(_ list: JSONValue?) -> [String] { (list?.array ?? []).compactMap(\.perlText) }
}
