// SPDX-License-Identifier: Apache-2.0
public import Model

/// The credential of one who is on a node already: none.
///
/// `pvesh` acts for whoever runs it, which has to be root.
public struct LocalAccess: Credential {
    /// Makes it.
    public init() {}

    /// Whoever `pvesh` acts as.
    public var identity: String? { "root@pam" }

    /// No header fields.
    public func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader] { [] }
}
