// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox

/// Sends a change again where the answer was lost.
struct Resending: Transport {
    let inner: any Transport

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        do {
            let response = try await inner.send(request)
            guard !request.method.isRead, (596...599).contains(response.status) else { return response }
        } catch {
            guard !request.method.isRead, error.cause == .reset else { throw error }
        }
        return try await inner.send(request)
    }
}

/// Adds an ancient task to every list, so that all seem to reach back far enough.
struct EndlessLists: Transport {
    let inner: any Transport

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        var response = try await inner.send(request)
        let path = request.target.prefix { $0 != "?" }
        guard request.method.isRead, path.hasSuffix("/tasks"), response.status == 200,
            let node = path.split(separator: "/").dropFirst(3).first,
            var rows = (try? JSONValue(parsing: String(decoding: response.body, as: UTF8.self)))?["data"]?.array
        else { return response }
        let start = 1_600_000_000
        rows.append([
            "upid": .string(
                "UPID:\(node):00000001:00000001:\(String(start, radix: 16).uppercased()):qmstart:999:root@pam:"),
            "node": .string(String(node)), "pid": 1, "pstart": 1, "starttime": JSONValue(start),
            "endtime": JSONValue(start + 1), "type": "qmstart", "id": "999", "user": "root@pam", "status": "OK",
        ])
        let body: JSONValue = ["data": .array(rows)]
        response.body = Array(body.text.utf8)
        return response
    }
}

/// Makes somebody else's tasks look like those of the host, and finds them again when they are asked for.
struct OneUser: Transport {
    static let other = "audit@pve"
    static let own = "root@pam!demo"
    let inner: any Transport

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        guard request.method.isRead, request.target.contains("/tasks") else { return try await inner.send(request) }
        var response = try await inner.send(request)
        if response.status != 200 {
            var second = request
            for name in [Self.own, "root%40pam!demo", "root%40pam%21demo"] {
                second.target = second.target.replacing(name, with: "audit%40pve")
            }
            response = try await inner.send(second)
        }
        let text = String(decoding: response.body, as: UTF8.self).replacing(Self.other, with: Self.own)
        response.body = Array(text.utf8)
        return response
    }
}
