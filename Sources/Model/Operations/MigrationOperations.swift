// SPDX-License-Identifier: Apache-2.0

/// Moving guests between nodes.
enum MigrationOperations {
    static let rows: [Operation] = []
}
