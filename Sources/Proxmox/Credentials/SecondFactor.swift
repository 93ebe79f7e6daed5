// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

/// What Proxmox asks for after the password: a list of second factors, any of which will do.
public struct SecondFactorChallenge: Sendable {
    /// Whether a six-digit code is taken.
    public let takesCodes: Bool
    /// Whether a recovery key is taken.
    public let takesRecoveryKeys: Bool
    /// The factors that only a browser or a special device can answer, by Proxmox's names.
    public let others: [String]
    /// The ticket that goes back with the answer; it opens nothing else.
    let ticket: Secret

    /// Reads the challenge out of its ticket, `PVE:!tfa!<percent-encoded JSON>:TIME::SIGNATURE` (pve-facts §2).
    init?(ticket text: String) {
        let prefix = "PVE:!tfa!"
        guard text.hasPrefix(prefix) else { return nil }
        let encoded = text.dropFirst(prefix.count).prefix { $0 != ":" }
        guard let json = try? JSONValue(parsing: PercentEncoding.decode(String(encoded))), let members = json.object
        else { return nil }
        takesCodes = Self.isOffered(members["totp"])
        takesRecoveryKeys = Self.isOffered(members["recovery"])
        others = ["webauthn", "u2f", "yubico"].filter { Self.isOffered(members[$0]) }
        ticket = Secret(text)
    }

    /// A factor is there when its value is neither false nor empty; releases write it as a flag, a list or a state.
    private static func isOffered(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?, .bool(false)?, .integer(0)?: false
        case .string(let text)?: !["", "0", "unavailable"].contains(text)
        case .array(let elements)?: !elements.isEmpty
        default: true
        }
    }

    /// The failure where nothing that is offered can be answered here.
    var unanswerable: Failure {
        let names = others.isEmpty ? "a factor that it does not name" : others.joined(separator: ", ")
        return Failure(
            .auth, "the second factor asked for is not supported: \(names)",
            hint: "pvelua answers TOTP codes and recovery keys; add one of these to the user, or use an API token")
    }
}

/// An answer to a challenge.
public enum SecondFactorAnswer: Sendable {
    /// Six digits made from the secret at the moment they are needed.
    case generated(TOTP)
    /// Six digits that somebody read from a device.
    case code(Secret)
    /// One of the keys that were printed for the day the device is lost; each is good once.
    case recovery(Secret)
}

/// Where a ``TicketCredential`` gets password and second factor from, each time it has to log in.
public protocol LoginSecrets: Sendable {
    /// The password.
    ///
    /// - Throws: ``Failure`` where it cannot be had.
    func password(of user: String) async throws(Failure) -> Secret
    /// An answer to a challenge that can be answered.
    ///
    /// - Throws: ``Failure`` where there is none.
    func answer(to challenge: SecondFactorChallenge, of user: String) async throws(Failure) -> SecondFactorAnswer
    /// Hears that the server refused what was given.
    ///
    /// - Returns: Whether something else may be given next time, as when a person types it.
    func wereRefused() async -> Bool
}

/// Password and TOTP secret that are known beforehand.
public struct KnownLoginSecrets: LoginSecrets {
    private let password: Secret
    private let totp: TOTP?

    /// Keeps them.
    public init(password: Secret, totp: TOTP? = nil) {
        self.password = password
        self.totp = totp
    }

    /// The password.
    public func password(of user: String) async throws(Failure) -> Secret { password }

    /// A code, where the secret for it is known and codes are taken.
    public func answer(
        to challenge: SecondFactorChallenge, of user: String
    ) async throws(Failure) -> SecondFactorAnswer {
        guard let totp, challenge.takesCodes else {
            throw Failure(.auth, "\(user) needs a second factor, and none is configured")
        }
        return .generated(totp)
    }

    /// False: they stay the same.
    public func wereRefused() async -> Bool { false }
}
