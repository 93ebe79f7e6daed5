// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Backups and what becomes of them.
enum BackupHandlers {
    static let all: [String: OperationHandlers.Handler] = [:]
}
