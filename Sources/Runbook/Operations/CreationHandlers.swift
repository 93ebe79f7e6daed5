// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Making guests and doing away with them.
enum CreationHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        CreateHandlers.all, CloneHandlers.all, DestroyHandlers.all,
    ].reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
}
