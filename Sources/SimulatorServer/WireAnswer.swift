// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
internal import Proxmox

/// Writes answers byte for byte, since an HTTP library would add fields and tidy the reason phrase.
enum WireAnswer {
    static func write(_ response: HTTPResponse, closing: Bool, to buffer: inout ByteBuffer) {
        buffer.writeString("HTTP/1.1 \(response.status) \(response.reason)\r\n")
        var headers = response.headers
        let announced = headers.contains { $0.name == "Connection" && $0.value == "close" }
        if closing {
            headers.removeAll { $0.name == "Connection" && $0.value != "close" }
            if !announced { headers.insert(HTTPHeader("Connection", "close"), at: min(1, headers.count)) }
        }
        for header in headers { buffer.writeString("\(header.name): \(header.value)\r\n") }
        buffer.writeString("\r\n")
        buffer.writeBytes(response.body)
    }

    /// The credential and the rest of a request's fields, as the cluster takes them.
    static func headers(_ headers: HTTPHeaders) -> [HTTPHeader] {
        headers.map { HTTPHeader($0.name, $0.value) }
    }
}
