// SPDX-License-Identifier: Apache-2.0
internal import Proxmox

/// The one way from a twin to the live cluster: it lets reads through and nothing else.
struct ReadOnlyTransport: Transport {
    private let live: any Transport
    private let reads: ReadLog

    init(_ live: any Transport, reads: ReadLog) {
        self.live = live
        self.reads = reads
    }

    /// Passes a GET request without body on; everything else ends here, unsent.
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        guard request.method == .get, request.body == nil else {
            throw TransportFailure(.garbled, mayHaveBeenSent: false, "a twin sends no change to the live cluster")
        }
        reads.noteSent()
        return try await live.send(request)
    }
}
