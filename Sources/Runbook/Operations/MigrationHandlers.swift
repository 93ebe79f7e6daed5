// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Moving guests between nodes.
enum MigrationHandlers {
    static let all: [String: OperationHandlers.Handler] = [:]
}
