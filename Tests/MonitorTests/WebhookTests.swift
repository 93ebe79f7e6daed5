// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

@testable import Monitor

/// How alerts are written for servers, and what their answers mean.
struct WebhookTests {
    private static func event(_ kind: AlertEvent.Kind = .fired, name: String = "web-1") -> AlertEvent {
        var rule = AlertRule("up", .guestStopped, severity: .critical, repeats: 3600)
        rule.hold = 60
        let subject = AlertSubject(.guest, "101", node: "pve1", vmid: 101, name: name)
        var alert = Alert(
            Finding(rule, subject, "guest 101 (\(name)) is stopped", advice: "start it"), at: 1_700_000_000)
        alert.fired = 1_700_000_060
        return AlertEvent(kind, alert, cluster: "lab", at: 1_700_000_060)
    }

    @Test func `ntfy gets a message with topic, title, priority and tags`() {
        let body = WebhookForm.ntfy(topic: "ops").body(Self.event())
        #expect(body["topic"] == "ops" && body["title"] == "lab: critical, up" && body["priority"] == 5)
        #expect(body["message"] == "guest 101 (web-1) is stopped\nstart it")
        #expect(body["tags"] == ["rotating_light", "lab", "up"])
        #expect(WebhookForm.ntfy(topic: "ops").body(Self.event(.resolved))["priority"] == 3)
    }

    @Test func `Alertmanager gets labels that stay the same from beginning to end`() throws {
        let fired = try #require(WebhookForm.alertmanager.body(Self.event()).array?.first)
        let resolved = try #require(WebhookForm.alertmanager.body(Self.event(.resolved, name: "renamed")).array?.first)
        #expect(fired["labels"] == resolved["labels"])
        #expect(
            fired["labels"] == [
                "alertname": "pvelua_guest_stopped", "rule": "up", "severity": "critical", "cluster": "lab",
                "subject": "guest/101", "vmid": "101",
            ])
        #expect(fired["startsAt"] == "2023-11-14T22:14:20Z")
        #expect(fired["endsAt"] == "2023-11-15T00:14:20Z", "an hour beyond the next repetition")
        #expect(resolved["endsAt"] == "2023-11-14T22:14:20Z", "it is over now")
    }

    /// Answers every request in one way and keeps what came.
    private final class Server: Transport {
        let answer: Result<HTTPResponse, TransportFailure>
        init(_ answer: Result<HTTPResponse, TransportFailure>) { self.answer = answer }
        func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse { try answer.get() }
    }

    @Test(
        arguments: [
            (200, nil), (204, nil), (302, false), (400, true), (401, false), (404, false), (413, true), (429, false),
            (500, false), (503, false),
        ] as [(Int, Bool?)])
    func `an answer says whether the event was taken, refused or comes at a bad time`(
        status: Int, isRefusal: Bool?
    ) async throws {
        let channel = WebhookChannel(
            Server(.success(HTTPResponse(status: status, reason: "\u{1b}[2Jwords"))), host: "hook:1", target: "/",
            form: .json,
            token: nil, timeout: .seconds(1))
        do {
            try await channel.deliver(Self.event())
            #expect(isRefusal == nil)
        } catch {
            #expect(error.isRefusal == isRefusal)
            #expect(error.text.contains("hook:1") && !error.text.contains("\u{1b}"))
        }
    }

    @Test func `no name of the cluster's can leave its place in a request`() {
        let event = Self.event(name: "a\r\nX-Evil: 1\u{1b}[31m\"}")
        for form in [WebhookForm.json, .ntfy(topic: "t"), .alertmanager] {
            let bytes = form.body(event).encoded()
            #expect(!bytes.contains { $0 < 0x20 }, "\(form)")
            #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
        }
    }
}
