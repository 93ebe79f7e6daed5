// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Schema

/// The raw API: any path of it, checked against the cluster's own schema where one is kept.
enum APIHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "api.get": get,
        "api.post": post,
        "api.put": put,
        "api.delete": delete,
    ]

    static func get(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let request = try await request(.get, call)
        return try await call.gate.read(request) { client throws(Failure) in try await client.send(request).data }
    }

    static func post(_ call: OperationCall) async throws(Failure) -> JSONValue { try await write(.post, call) }
    static func put(_ call: OperationCall) async throws(Failure) -> JSONValue { try await write(.put, call) }
    static func delete(_ call: OperationCall) async throws(Failure) -> JSONValue { try await write(.delete, call) }

    private static func write(_ method: HTTPMethod, _ call: OperationCall) async throws(Failure) -> JSONValue {
        let request = try await request(method, call)
        let options = call.arguments.options()
        let row = try call.endpoint()
        let change = try await RawChange(client: call.environment.client).change(
            request, row: row, timeout: call.timeout,
            waits: options.flag("wait") ?? true)
        return try await call.gate.change(change).json(change)
    }

    /// The call as it will be sent, once nothing speaks against it.
    private static func request(_ method: HTTPMethod, _ call: OperationCall) async throws(Failure) -> APICall {
        let path = try APIPath(parsing: call.arguments.text("path") ?? "")
        let request = APICall(method, path, APIParameterReader.parameters(call.arguments.value("parameters")))
        try await call.checkAgainstSchema(request)
        return request
    }
}

extension OperationCall {
    /// Checks a call against the cluster's own schema, where one is kept.
    func checkAgainstSchema(_ request: APICall) async throws(Failure) {
        guard let schema = await environment.schema?.schema() else {
            environment.output.log(
                .debug,
                "no schema of \(environment.clusterName) to check \(request.method.rawValue) \(request.path) against")
            return
        }
        try schema.check(
            method: request.method.rawValue, path: request.path.segments,
            parameters: request.parameters.map { ($0.name, $0.value.json) })
    }
}
