// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// What each row of the operation table does.
///
/// A test checks that every row has its handler here and the other way round.
enum OperationHandlers {
    typealias Handler = @Sendable (OperationCall) async throws(Failure) -> JSONValue

    static let all: [String: Handler] = [
        InventoryHandlers.all, NodeHandlers.all, ClusterHandlers.all, PoolHandlers.all,
        StorageHandlers.all, ContentHandlers.all, VolumeHandlers.all, TaskHandlers.all,
        PowerHandlers.all, SnapshotHandlers.all, BackupHandlers.all, MigrationHandlers.all,
        CreateHandlers.all, CloneHandlers.all, DestroyHandlers.all, ConfigurationHandlers.all, DiskHandlers.all,
        AgentHandlers.all, GuestCommandHandlers.all, ConsoleHandlers.all, APIHandlers.all, LocalHandlers.all,
    ].reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

    static func named(_ name: String) -> Handler? { all[name] }
}
