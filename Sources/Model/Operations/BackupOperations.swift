// SPDX-License-Identifier: Apache-2.0

/// Backups and what becomes of them.
enum BackupOperations {
    static let rows: [Operation] = []
}
