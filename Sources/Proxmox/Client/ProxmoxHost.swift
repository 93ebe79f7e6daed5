// SPDX-License-Identifier: Apache-2.0

/// One member of the cluster that requests may go to.
public struct ProxmoxHost: Sendable {
    /// What people call it, for messages.
    public let name: String
    /// The way to it.
    public let transport: any Transport

    /// Makes a host.
    public init(name: String, transport: any Transport) {
        self.name = name
        self.transport = transport
    }

    /// Makes a host that is reached by libcurl.
    public init(_ endpoint: HTTPEndpoint, settings: CurlSettings) {
        self.init(name: endpoint.description, transport: CurlTransport(endpoint, settings: settings))
    }
}
