// SPDX-License-Identifier: Apache-2.0

/// Pools and their members.
enum PoolOperations {
    static let rows: [Operation] = []
}
