// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// The raw API.
enum APIHandlers {
    static func get(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let path = try APIPath(parsing: call.arguments.text("path") ?? "")
        let request = APICall(.get, path, APIParameterReader.parameters(call.arguments.value("parameters")))
        return try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
    }
}
