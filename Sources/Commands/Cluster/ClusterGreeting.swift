// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// What a cluster says of itself and of who asks, as the end of a login.
struct ClusterGreeting: Sendable {
    let version: String
    let host: String
    /// The paths that there is any privilege on.
    let paths: [String]

    init(_ client: ProxmoxClient) async throws(Failure) {
        version = try await client.version()
        host = client.lastHost
        paths = try await client.permissions().entries.filter { !$0.value.isEmpty }.keys.sorted().map(\.rawValue)
    }
}
