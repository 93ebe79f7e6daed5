// SPDX-License-Identifier: Apache-2.0

/// Making guests and doing away with them.
enum CreationOperations {
    static let rows: [Operation] = []
}
