// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a client proves its identity with.
public protocol Credential: Sendable {
    /// Who it is, as UPIDs write it: `user@realm` or `user@realm!token`; nil where it does not tell.
    var identity: String? { get }
    /// The header fields that carry the proof in a request of this method.
    ///
    /// - Throws: ``Failure`` of the kind `auth` or `config` where there is no proof to be had.
    func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader]
}
