// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Reads of the live cluster that a twin needs for itself.
struct LiveReader: Sendable {
    /// A client whose hosts let only reads through.
    let client: ProxmoxClient

    /// What a path answers.
    func read(
        _ segments: [String], _ parameters: [(name: String, value: APIParameter)] = []
    ) async throws(Failure) -> JSONValue {
        try await client.send(APICall(.get, try APIPath(segments), parameters)).data
    }
}
