// SPDX-License-Identifier: Apache-2.0
internal import Model

/// One member of the cluster that requests may go to.
public struct ProxmoxHost: Sendable {
    /// What people call it, for messages.
    public let name: String
    /// The way to it.
    public let transport: any Transport
    /// The certificates that were accepted so far, for the message when it shows another one.
    public let pins: [Fingerprint]
    /// What to do then.
    public let certificateHint: String?
    /// Where its web interface is, or nil where it is not reached over the network.
    public let endpoint: HTTPEndpoint?

    /// Makes a host.
    public init(
        name: String, transport: any Transport, pins: [Fingerprint] = [], certificateHint: String? = nil,
        endpoint: HTTPEndpoint? = nil
    ) {
        self.endpoint = endpoint
        self.name = name
        self.transport = transport
        self.pins = pins
        self.certificateHint = certificateHint
    }

    /// Makes a host that is reached by libcurl.
    public init(_ endpoint: HTTPEndpoint, settings: CurlSettings) {
        self.init(
            name: endpoint.description, transport: CurlTransport(endpoint, settings: settings), endpoint: endpoint)
    }

    /// A refused certificate beside those that were expected.
    func explained(_ failed: FailedExchange) -> FailedExchange {
        guard failed.failure.kind == .tls else { return failed }
        var failed = failed
        if !pins.isEmpty {
            failed.failure.message += "; configured: \(pins.map(\.description).joined(separator: ", "))"
        }
        if let certificateHint { failed.failure.hint = certificateHint }
        return failed
    }
}
