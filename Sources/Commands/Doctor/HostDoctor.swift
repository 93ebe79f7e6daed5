// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// What one host showed: reachable or not, by which certificate, how fast, at what time.
struct HostSight: Sendable {
    var name: String
    var certificate: Result<ServerCertificate, Failure>?
    /// The answer to `GET /version` with the configured identity.
    var version: Result<JSONValue, Failure>
    var head: ObservedTransport.Sight?
    /// This machine's time when the answer came.
    var seenAt: Double

    /// Whether the host spoke HTTP to us over a connection that was trusted, whatever it said.
    var hasAnswered: Bool { head != nil }
}

/// Looks at all hosts at once, each with its own limit of time.
struct HostDoctor: Sendable {
    let route: ClusterRoute
    /// Seconds since 1970.
    let now: @Sendable () -> Double
    /// Looks at a certificate; passed in, for there is none inside a process.
    var certificate: @Sendable (HTTPEndpoint, Duration) async throws(Failure) -> ServerCertificate = {
        (endpoint, limit) async throws(Failure) in try await CertificateProbe.look(at: endpoint, timeout: limit)
    }

    /// The longest that a host is waited for; a person sits before this.
    static let patience = Duration.seconds(10)

    func look(_ credential: any Credential) async -> [HostSight] {
        await withTaskGroup(of: (Int, HostSight).self) { group in
            for (index, host) in route.hosts.enumerated() {
                group.addTask { (index, await look(at: host, credential)) }
            }
            var found: [(Int, HostSight)] = []
            for await sight in group { found.append(sight) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func look(at host: ClusterRoute.Host, _ credential: any Credential) async -> HostSight {
        async let certificate = certificate(of: host)
        let client = route.client(
            credential, hosts: [host], attempts: 1, timeout: min(route.requestTimeout, Self.patience))
        let version: Result<JSONValue, Failure>
        do throws(Failure) {
            version = .success(try await client.send(.get("version")).data)
        } catch {
            version = .failure(error)
        }
        let seenAt = now()
        return HostSight(
            name: host.name, certificate: await certificate, version: version, head: host.transport.sight,
            seenAt: seenAt)
    }

    private func certificate(of host: ClusterRoute.Host) async -> Result<ServerCertificate, Failure>? {
        guard let endpoint = host.endpoint else { return nil }
        do throws(Failure) {
            return .success(try await certificate(endpoint, min(route.connectTimeout, Self.patience)))
        } catch {
            return .failure(error)
        }
    }
}
