// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// Stands in front of a host of the live cluster: writes go to the twin, reads to both.
struct TwinTransport: Transport {
    let live: ReadOnlyTransport
    let door: Door

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        door.clock.enter()
        defer { door.clock.leave() }
        guard request.method.isRead else { return try await door.write(request) }
        door.reads.note(read: request.target)
        return try await door.read(request) { request async throws(TransportFailure) in
            do throws(TransportFailure) {
                let response = try await live.send(request)
                if [502, 503, 504].contains(response.status) || response.status >= 595 { await door.pause() }
                return response
            } catch {
                await door.pause()
                throw error
            }
        }
    }
}
