// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// One visit to one cluster: everything is looked at that still can be, whatever was wrong before.
struct DoctorVisit: Sendable {
    let route: ClusterRoute
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    func report(after local: [DoctorCheck]) async -> DoctorReport {
        var report = DoctorReport(cluster: route.name, identity: route.identity, checks: local)
        var credential: (any Credential)?
        do throws(Failure) {
            credential = try route.credential()
        } catch {
            report.checks.append(.problem("secret", error))
        }
        let sights = await HostDoctor(route: route, now: now).look(credential ?? Nobody())
        report.checks += HostFindings(sights: sights, trust: route.trust).checks()
        guard let credential else {
            report.checks.append(.unknown("authentication", "there is no secret to try"))
            return report
        }
        guard sights.contains(where: \.hasAnswered) else { return report }
        let authentication = ClusterCheckup.authentication(sights, identity: route.identity)
        report.checks.append(authentication)
        guard authentication.verdict == .ok else { return report }
        report.checks.append(ClusterCheckup.version(sights))
        let answering = zip(route.hosts, sights).filter { $0.1.hasAnswered }.map(\.0)
        let client = route.client(
            credential, hosts: answering, attempts: 2, timeout: min(route.requestTimeout, HostDoctor.patience))
        async let cluster = ClusterCheckup(client: client, identity: route.identity).cluster()
        let access = await access(client)
        report.checks += await cluster
        switch access {
        case .success(let findings):
            report.checks += findings.traps()
            report.access = findings.rows()
        case .failure(let failure): report.checks.append(.problem("privileges", failure))
        }
        return report
    }

    private func access(_ client: ProxmoxClient) async -> Result<AccessFindings, Failure> {
        do throws(Failure) {
            var findings = AccessFindings(
                identity: route.identity, permissions: try await client.permissions(), now: now())
            if let token = try? TokenIdentity(id: route.identity) {
                // Both are refused to most tokens; what cannot be asked is not known.
                findings.token = try? await client.token(token.name, of: token.user)
                findings.user = try? await client.permissions(of: token.user)
            }
            return .success(findings)
        } catch {
            return .failure(error)
        }
    }
}
