// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import Testing

/// Which servers get to see the token.
struct ServerTrustTests {
    let server: HostileServer
    init() async throws { server = try await HostileServer.shared.value }

    static let wrongPin = Fingerprint(bytes: [UInt8](repeating: 7, count: 32))

    enum Case: String, CaseIterable, Sendable {
        case authority, authorityAndPin, pin, pinOfOtherName, pinInLowerCase, severalPins
        case stranger, system, wrongName, wrongPin, noPins, authorityAndWrongPin, strangerAndPin, wrongNameAndPin
        case missingFile

        var isAccepted: Bool {
            switch self {
            case .authority, .authorityAndPin, .pin, .pinOfOtherName, .pinInLowerCase, .severalPins: true
            default: false
            }
        }
    }

    private func transport(_ trial: Case) throws -> CurlTransport {
        let pin = try server.fingerprint("good")
        let otherPin = try server.fingerprint("other")
        let wrong = try #require(Self.wrongPin)
        let stranger = server.folder.appendingPathComponent("stranger.crt").path
        return switch trial {
        case .authority: try server.transport()
        case .authorityAndPin: try server.transport(trust: .authority(file: server.authority, pins: [wrong, pin]))
        case .pin: try server.transport(host: "127.0.0.1", trust: .pins([pin]))
        case .pinOfOtherName: try server.transport("other", trust: .pins([otherPin]))
        case .pinInLowerCase:
            try server.transport(trust: .pins([try #require(Fingerprint(pin.description.lowercased()))]))
        case .severalPins: try server.transport(trust: .pins([wrong, otherPin, pin]))
        case .stranger: try server.transport(trust: .authority(file: stranger))
        case .system: try server.transport(trust: .system)
        case .wrongName: try server.transport("other")
        case .wrongPin: try server.transport(trust: .pins([wrong]))
        case .noPins: try server.transport(trust: .pins([]))
        case .authorityAndWrongPin: try server.transport(trust: .authority(file: server.authority, pins: [wrong]))
        case .strangerAndPin: try server.transport(trust: .authority(file: stranger, pins: [pin]))
        case .wrongNameAndPin:
            try server.transport("other", trust: .authority(file: server.authority, pins: [otherPin]))
        case .missingFile: try server.transport(trust: .authority(file: "/nonexistent/ca.pem"))
        }
    }

    @Test(arguments: Case.allCases, [HTTPMethod.get, .post])
    func theTokenGoesOnlyToATrustedServer(_ trial: Case, _ method: HTTPMethod) async throws {
        let secret = "s3cr3t-\(trial.rawValue)-\(method.rawValue)"
        let token = try APIToken(id: "root@pam!test", secret: Secret(secret))
        let client = ProxmoxClient(
            hosts: [ProxmoxHost(name: "pve1", transport: try transport(trial))], credential: token)
        var found: Failure?
        do throws(Failure) { _ = try await client.send(APICall(method, try APIPath("version"))) } catch {
            found = error
        }
        #expect(found?.kind == (trial.isAccepted ? nil : .tls))
        #expect(try server.everything().contains(secret) == trial.isAccepted)
        var dumped = found?.json.text ?? ""
        dump(found, to: &dumped)
        dump(client, to: &dumped)
        #expect(dumped.utf8.count < 10_000)
        #expect(!dumped.contains(secret))
    }

    @Test func aRefusedPinShowsTheFingerprintThatWasSeen() async throws {
        let pin = try server.fingerprint("good")
        let transport = try server.transport(trust: .pins([try #require(Self.wrongPin)]))
        do throws(TransportFailure) {
            _ = try await transport.send(HTTPRequest(.get, "/ok/pin"))
            Issue.record("the server was accepted")
        } catch {
            #expect(error.cause == .tls)
            #expect(error.mayHaveBeenSent == false)
            #expect(error.message == "the server's certificate \(pin) is not among the configured fingerprints")
        }
    }

    @Test(arguments: ["AA:BB", "", "zz", String(repeating: "AA:", count: 32), String(repeating: "A", count: 63)])
    func textsThatAreNoFingerprintAreRefused(_ text: String) {
        #expect(Fingerprint(text) == nil)
    }

    @Test func fingerprintsAreReadInEveryCommonForm() {
        let plain = String(repeating: "0a", count: 32)
        let colons = Array(repeating: "0A", count: 32).joined(separator: ":")
        #expect(Fingerprint(plain)?.description == colons)
        #expect(Fingerprint(colons) == Fingerprint(plain))
    }

    @Test(
        arguments: [
            ("pve1", "pve1:8006"), ("pve1.lan:443", "pve1.lan:443"), ("10.0.0.1", "10.0.0.1:8006"),
            ("[fd00::1]", "[fd00::1]:8006"), ("[fd00::1]:1", "[fd00::1]:1"),
        ])
    func addressesAreReadAsPeopleWriteThem(_ text: String, _ expected: String) {
        #expect(HTTPEndpoint(text)?.description == expected)
    }

    @Test(arguments: ["", ":8006", "a:b", "a:70000", "a:0", "a/b", "user@host", "a b", "fd00::1", "[a]", "a:+1", "x\n"])
    func addressesThatCannotStandInAURLAreRefused(_ text: String) {
        #expect(HTTPEndpoint(text) == nil)
    }
}
