// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// A guest's configuration and its disks.
enum ConfigurationHandlers {
    static let all: [String: OperationHandlers.Handler] = [:]
}
