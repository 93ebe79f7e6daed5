// SPDX-License-Identifier: Apache-2.0

/// Every operation of the `pve` language.
public enum OperationTable {
    /// The rows by what they are about, in the order of the reference page; an area may be empty.
    public static let areas: [(title: String, rows: [Operation])] = [
        ("Nodes and guests", InventoryOperations.rows + NodeOperations.rows),
        ("Pools", PoolOperations.rows),
        ("Storages", StorageOperations.rows),
        ("Power and tasks", PowerOperations.rows + TaskOperations.rows),
        ("Snapshots", SnapshotOperations.rows),
        ("Backups", BackupOperations.rows),
        ("Migration", MigrationOperations.rows + EvacuationOperations.rows),
        ("Creating and destroying", CreationOperations.rows),
        ("Configuration and disks", ConfigurationOperations.rows),
        ("Guest agent and console", AgentOperations.rows),
        ("Made of others", HelperOperations.rows),
        ("The whole API", APIOperations.rows),
        ("Clusters", ClusterOperations.rows),
        ("On this machine", LocalOperations.rows),
    ]

    /// All rows, in the order of the reference page.
    public static let all: [Operation] = areas.flatMap(\.rows)

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The row of that Lua name.
    public static func named(_ name: String) -> Operation? { byName[name] }
}
