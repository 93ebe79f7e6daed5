// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// The raw API.
enum APIHandlers {
    static func get(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let path = try APIPath(parsing: call.arguments.text("path") ?? "")
        let parameters = APIParameters(call.arguments.value("parameters"))
        let request = APICall(.get, path, parameters: parameters.list)
        return try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
    }
}
