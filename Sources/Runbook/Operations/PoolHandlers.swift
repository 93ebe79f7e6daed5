// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Pools and their members.
enum PoolHandlers {
    static let all: [String: OperationHandlers.Handler] = [:]
}
