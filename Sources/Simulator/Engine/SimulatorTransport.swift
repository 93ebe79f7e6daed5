// SPDX-License-Identifier: Apache-2.0
public import Proxmox

/// Brings requests to a simulated cluster in this process.
public struct SimulatorTransport: Transport {
    /// The cluster.
    public let cluster: SimulatedCluster

    /// Makes a transport to that cluster.
    public init(_ cluster: SimulatedCluster) { self.cluster = cluster }

    /// Sends one request and waits for the whole answer; injected faults come as failures.
    ///
    /// - Throws: ``TransportFailure`` where a fault says so, or where the caller was cancelled.
    public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        switch await cluster.deliver(request) {
        case .answer(let response):
            if Task.isCancelled {
                throw TransportFailure(.cancelled, mayHaveBeenSent: true, "the caller gave up")
            }
            return response
        case .late:
            throw TransportFailure(.timeout, mayHaveBeenSent: true, "the time was up")
        case .nothing:
            throw TransportFailure(.reset, mayHaveBeenSent: true, "the connection ended without an answer")
        case .garbage:
            throw TransportFailure(.garbled, mayHaveBeenSent: true, "the answer is no HTTP")
        case .half:
            throw TransportFailure(.reset, mayHaveBeenSent: true, "the connection ended within the answer")
        }
    }
}
