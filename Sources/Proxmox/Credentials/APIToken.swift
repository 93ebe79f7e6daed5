// SPDX-License-Identifier: Apache-2.0
public import Model

/// An API token: who it is, `user@realm!name`, and its secret.
public struct APIToken: Credential, CustomStringConvertible {
    /// The token's id, `user@realm!name`.
    public let id: String
    private let secret: Secret

    /// The token's id.
    public var identity: String? { id }

    /// Makes a token.
    ///
    /// - Throws: ``Failure`` of the kind `config` where the id is no token id or the secret holds what would change the
    ///   meaning of the header: Proxmox decodes percent signs, stops at `;` and splits at the last `=`.
    public init(id: String, secret: Secret) throws(Failure) {
        guard AccountName.isToken(id) else {
            throw Failure(
                .config, "'\(id)' is no API token id",
                hint: "write it as user@realm!name, for example automation@pve!runbooks")
        }
        let isFine = secret.reveal { bytes in
            !bytes.isEmpty
                && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"%;=,\"".utf8.contains($0) }
        }
        guard isFine else {
            throw Failure(
                .config, "the secret of token \(id) is empty or holds characters that no secret has",
                hint: "it is the UUID that Proxmox showed once when the token was made")
        }
        self.id = id
        self.secret = secret
    }

    /// The `Authorization` field.
    public func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader] {
        [HTTPHeader("Authorization", "PVEAPIToken=\(id)=\(secret.text)")]
    }

    /// The token's id.
    public var description: String { id }
}
