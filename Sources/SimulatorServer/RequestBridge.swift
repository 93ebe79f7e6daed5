// SPDX-License-Identifier: Apache-2.0
internal import NIOHTTP1
internal import Proxmox
internal import Simulator

/// Turns what came over the wire into a request to the cluster, with the answers that the wire itself calls for.
enum RequestBridge {
    static func deliver(_ head: HTTPRequestHead, _ body: [UInt8], to cluster: SimulatedCluster) async -> Delivery {
        if head.headers["transfer-encoding"].contains(where: { $0.lowercased().contains("chunked") }) {
            return .answer(cluster.serverError(501, "chunked transfer encoding not supported", withBody: true))
        }
        guard let method = HTTPMethod(rawValue: head.method.rawValue) else {
            return .answer(cluster.serverError(501, "method '\(head.method.rawValue)' not available"))
        }
        let request = HTTPRequest(
            method, head.uri, headers: WireAnswer.headers(head.headers), body: body.isEmpty ? nil : body,
            timeout: .seconds(86_400))
        if head.uri.hasPrefix("/sim/") { return .answer(cluster.control(request)) }
        return await cluster.deliver(request)
    }
}
