// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ProxmoxClient {
    /// The same cluster with something in front of every way to it.
    ///
    /// Logins and renewals of tickets go on through this client, so that whatever stands in front never sees one; reads
    /// carry this client's proof of identity, and requests of any other method carry none.
    ///
    /// - Parameters:
    ///   - clock: The time that the new client goes by.
    ///   - front: Makes the transport that stands in front of a host's own.
    public func fronted(clock: any ClientClock, by front: (any Transport) -> any Transport) -> ProxmoxClient {
        ProxmoxClient(
            hosts: hosts.map { host in
                ProxmoxHost(
                    name: host.name, transport: front(host.transport), pins: host.pins,
                    certificateHint: host.certificateHint, endpoint: host.endpoint)
            },
            credential: credential is LocalAccess ? credential : BorrowedCredential(owner: self), settings: settings,
            clock: clock, logger: log.logger)
    }
}

/// The proof of identity of another client, for reads only.
private struct BorrowedCredential: Credential {
    /// Whose it is; it signs in by its own hosts and its own clock.
    let owner: ProxmoxClient

    var identity: String? { owner.identity }

    private var route: LoginRoute { LoginRoute(client: owner) }

    func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader] {
        method.isRead ? try await owner.credential.headers(for: method, login: route) : []
    }

    func headers(
        for method: HTTPMethod, insteadOf refused: [HTTPHeader], login: LoginRoute
    ) async throws(Failure) -> [HTTPHeader]? {
        guard method.isRead else { return nil }
        return try await owner.credential.headers(for: method, insteadOf: refused, login: route)
    }

    func explained(
        _ failure: Failure, for method: HTTPMethod, refused: [HTTPHeader], login: LoginRoute
    ) -> Failure {
        owner.credential.explained(failure, for: method, refused: refused, login: route)
    }
}
