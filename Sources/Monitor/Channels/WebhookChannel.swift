// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Proxmox

/// A server that is sent each event by one POST; redirects are not followed, and nothing of the cluster's identity is sent.
public struct WebhookChannel: AlertChannel {
    let transport: any Transport
    let host: String
    let target: String
    let form: WebhookForm
    let token: Secret?
    let timeout: Duration

    /// Makes a channel.
    ///
    /// - Parameters:
    ///   - host: The server's name for messages.
    ///   - target: Path and query of the request.
    ///   - token: A bearer token, or nil for none.
    public init(
        _ transport: any Transport, host: String, target: String, form: WebhookForm, token: Secret?, timeout: Duration
    ) {
        self.transport = transport
        self.host = host
        self.target = target
        self.form = form
        self.token = token
        self.timeout = timeout
    }

    /// Sends the event; any status but 2xx means that it was not told.
    public func deliver(_ event: AlertEvent) async throws(DeliveryFailure) {
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let token {
            headers.append(
                HTTPHeader("Authorization", "Bearer " + token.reveal { String(decoding: $0, as: UTF8.self) }))
        }
        let request = HTTPRequest(
            .post, target, headers: headers, body: form.body(event).encoded(), timeout: timeout)
        let response: HTTPResponse
        do throws(TransportFailure) {
            response = try await transport.send(request)
        } catch {
            throw DeliveryFailure("\(host): \(error.message)")
        }
        switch response.status {
        case 200...299: return
        case 300...399:
            throw DeliveryFailure("\(host) sends elsewhere (\(response.status)); write the final address")
        case let status:
            // The server is busy or has a bad day: what it says then is not about this event.
            let isRefusal = (400...499).contains(status) && ![401, 403, 404, 408, 429].contains(status)
            throw DeliveryFailure("\(host) answered \(status) \(response.reason)", isRefusal: isRefusal)
        }
    }
}
