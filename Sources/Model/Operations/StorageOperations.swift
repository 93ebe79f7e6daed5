// SPDX-License-Identifier: Apache-2.0

/// Storages and what lies on them.
enum StorageOperations {
    static let rows: [Operation] = []
}
