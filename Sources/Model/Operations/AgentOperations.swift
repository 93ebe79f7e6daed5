// SPDX-License-Identifier: Apache-2.0

/// The agent inside of a guest, and its console.
enum AgentOperations {
    static let rows: [Operation] = []
}
