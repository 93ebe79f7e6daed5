// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Making guests and doing away with them.
enum CreationHandlers {
    static let all: [String: OperationHandlers.Handler] = CloneHandlers.all.merging(DestroyHandlers.all) { $1 }
}
