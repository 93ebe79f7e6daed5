// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Storages and what lies on them.
enum StorageHandlers {
    static let all: [String: OperationHandlers.Handler] = [:]
}
