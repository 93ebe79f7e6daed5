// SPDX-License-Identifier: Apache-2.0

/// A guest's configuration and its disks.
enum ConfigurationOperations {
    static let rows: [Operation] = []
}
