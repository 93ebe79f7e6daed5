// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import Simulator
import Synchronization
import TestSupport

@testable import Commands

/// A cluster in process with a user whose token may do little, and root beside it.
struct TokenBench {
    let cluster: SimulatedCluster
    let root: ProxmoxClient

    static let oldSecret = "11111111-2222-4333-8444-555555555555"

    init() throws {
        var seed = ClusterSeed.demo()
        seed.users.append(
            SimulatedUser("t@pve", tokens: [SimulatedToken("runbooks", secret: Self.oldSecret, separated: true)]))
        for holder in ["t@pve", "t@pve!runbooks"] {
            seed.grants.append(SimulatedGrant("/vms", holder: holder, role: "PVEVMUser"))
            seed.grants.append(SimulatedGrant("/", holder: holder, role: "PVEAuditor", propagates: false))
        }
        cluster = SimulatedCluster(seed, clock: WallClock(scale: 0))
        root = Self.client(cluster, try APIToken(id: "root@pam!demo", secret: Secret(Self.rootSecret)))
    }

    static let rootSecret = "00000000-0000-4000-8000-000000000001"

    static func client(_ cluster: SimulatedCluster, _ credential: any Credential) -> ProxmoxClient {
        ProxmoxClient(
            hosts: [ProxmoxHost(name: "sim", transport: SimulatorTransport(cluster))], credential: credential,
            settings: ClientSettings(readAttempts: 1))
    }

    var makeClient: TokenClientMaker {
        { [cluster] (id, secret) throws(Failure) in Self.client(cluster, try APIToken(id: id, secret: secret)) }
    }

    /// The names of `t@pve`'s tokens.
    func tokens() async throws -> [String] { try await root.tokens(of: "t@pve").map(\.name).sorted() }

    /// Whether a token is let in.
    func isLetIn(_ id: String, _ secret: String) async throws -> Bool {
        (try? await makeClient(id, Secret(secret)).send(.get("version"))) != nil
    }
}

/// Sends to a cluster, but lets one call go wrong: before it has an effect or after.
final class FaultyCalls: AdministrativeCalls {
    struct Fault: Sendable {
        var number: Int
        var hasEffect: Bool
        var failure: Failure
    }

    private let client: ProxmoxClient
    private let fault: Fault?
    private let sent = Mutex<[String]>([])

    init(_ client: ProxmoxClient, _ fault: Fault? = nil) {
        self.client = client
        self.fault = fault
    }

    var lines: [String] { sent.withLock { $0 } }

    func send(_ call: APICall) async throws(Failure) -> JSONValue {
        let number = sent.withLock { lines in
            lines.append(call.plainText)
            return lines.count
        }
        guard let fault, fault.number == number else { return try await client.send(call).data }
        if fault.hasEffect { _ = try await client.send(call) }
        throw fault.failure
    }
}

/// What a rotation writes, in memory.
final class MemoryFiles: Sendable {
    struct Content: Sendable {
        var secrets: [String: String]
        var configured: String
        var configuredPath: String
    }

    let content: Mutex<Content>

    init() {
        content = Mutex(
            Content(
                secrets: ["/old": TokenBench.oldSecret], configured: "t@pve!runbooks", configuredPath: "/old"))
    }

    /// - Parameter failing: `store`, `switch` or `remove`: what shall go wrong.
    func files(failing: String? = nil) -> TokenRotation.Files {
        TokenRotation.Files(
            secretPath: { "/" + $0.name },
            store: { [self] (path, secret) throws(Failure) in
                if failing == "store" { throw Failure(.config, "\(path): No space left on device") }
                content.withLock { $0.secrets[path] = secret.reveal { String(decoding: $0, as: UTF8.self) } }
            },
            switchTo: { [self] (token, path) throws(Failure) in
                if failing == "switch" { throw Failure(.config, "config.yaml: Permission denied") }
                content.withLock {
                    $0.configured = token.description
                    $0.configuredPath = path
                }
            },
            remove: { [self] path in
                if failing == "remove", path == "/old" { return false }
                content.withLock { _ = $0.secrets.removeValue(forKey: path) }
                return true
            }, oldPath: "/old")
    }
}
