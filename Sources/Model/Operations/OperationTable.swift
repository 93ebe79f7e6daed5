// SPDX-License-Identifier: Apache-2.0

/// Every operation of the `pve` language.
public enum OperationTable {
    /// All rows, in the order of the reference page.
    public static let all: [Operation] =
        InventoryOperations.rows + NodeOperations.rows + PoolOperations.rows + StorageOperations.rows
        + TaskOperations.rows + PowerOperations.rows
        + SnapshotOperations.rows + BackupOperations.rows + MigrationOperations.rows + CreationOperations.rows
        + ConfigurationOperations.rows + AgentOperations.rows + HelperOperations.rows + APIOperations.rows
        + ClusterOperations.rows + LocalOperations.rows

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The row of that Lua name.
    public static func named(_ name: String) -> Operation? { byName[name] }
}
