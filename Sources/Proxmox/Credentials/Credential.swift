// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a client proves its identity with.
///
/// A token is the same in every request and needs only ``headers(for:)``. A ticket has to be earned by logging in and grows
/// old; for such credentials the client lends a ``LoginRoute`` and asks again when the server has refused one.
public protocol Credential: Sendable {
    /// The header fields that carry the proof in a request of this method, from what is at hand.
    ///
    /// - Throws: ``Failure`` of the kind `auth` or `config` where there is no proof to be had.
    func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader]

    /// The header fields that carry the proof, logging in first where that is due.
    ///
    /// - Throws: ``Failure`` of the kind `auth` where the login is refused, or what kept it from being tried.
    func headers(for method: HTTPMethod, login: LoginRoute) async throws(Failure) -> [HTTPHeader]

    /// Other proof for a read that was answered with 401, or nil where there is none.
    ///
    /// - Parameter refused: The header fields that were refused.
    /// - Throws: ``Failure`` where there should be one but the login went wrong.
    func headers(
        for method: HTTPMethod, insteadOf refused: [HTTPHeader], login: LoginRoute
    ) async throws(Failure) -> [HTTPHeader]?

    /// What a 401 means with this credential; called when nothing more is tried.
    func explained(_ failure: Failure, for method: HTTPMethod, refused: [HTTPHeader], login: LoginRoute) -> Failure
}

extension Credential {
    /// What is at hand: nothing has to be earned.
    public func headers(for method: HTTPMethod, login: LoginRoute) async throws(Failure) -> [HTTPHeader] {
        try await headers(for: method)
    }

    /// Nothing.
    public func headers(
        for method: HTTPMethod, insteadOf refused: [HTTPHeader], login: LoginRoute
    ) async throws(Failure) -> [HTTPHeader]? { nil }

    /// The failure as it is.
    public func explained(
        _ failure: Failure, for method: HTTPMethod, refused: [HTTPHeader], login: LoginRoute
    ) -> Failure { failure }
}

/// The way a credential reaches the cluster to log in: the client's own hosts, without any proof of identity.
public struct LoginRoute: Sendable {
    let client: ProxmoxClient

    /// The client's clock, by which a ticket's age is told.
    public var clock: any ClientClock { client.clock }

    /// Sends one call without proof of identity, at most once; a host that no connection can be made to is passed over.
    ///
    /// - Throws: ``Failure`` as ``ProxmoxClient/send(_:)`` does.
    public func send(_ call: APICall) async throws(Failure) -> APIAnswer { try await client.sendUnproven(call) }
}
