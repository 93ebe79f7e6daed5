// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// One call of an operation, its arguments checked.
struct OperationCall: Sendable {
    let operation: Operation
    let arguments: Arguments
    let environment: RunEnvironment
    let gate: Gate
}

/// What each row of the operation table does.
///
/// A test checks that every row has its handler here and the other way round.
enum OperationHandlers {
    typealias Handler = @Sendable (OperationCall) async throws(Failure) -> JSONValue

    static let all: [String: Handler] = [
        "list_vms": InventoryHandlers.listVMs,
        "list_nodes": InventoryHandlers.listNodes,
        "vm": InventoryHandlers.vm,
        "version": InventoryHandlers.version,
        "vm_action": PowerHandlers.vmAction,
        "poll": PowerHandlers.poll,
        "snapshot": SnapshotHandlers.snapshot,
        "api.get": APIHandlers.get,
        "api.post": APIHandlers.post,
        "api.put": APIHandlers.put,
        "api.delete": APIHandlers.delete,
        "cluster": LocalHandlers.cluster,
        "log": LocalHandlers.log,
        "sleep": LocalHandlers.sleep,
        "now": LocalHandlers.now,
        "table": LocalHandlers.table,
    ]

    static func named(_ name: String) -> Handler? { all[name] }
}
