// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// The agent inside of a guest, and its console.
enum AgentHandlers {
    static let all: [String: OperationHandlers.Handler] = [:]
}
