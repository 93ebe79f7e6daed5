// SPDX-License-Identifier: Apache-2.0

/// One user of the simulated cluster, with tokens.
public struct SimulatedUser: Sendable, Hashable {
    /// `name@realm`.
    public var id: String
    /// The password, or nil where logging in is impossible.
    public var password: String?
    /// Whether the user may do anything at all.
    public var enabled: Bool
    /// The tokens.
    public var tokens: [SimulatedToken]
    /// The second factors that a login with the password needs one of.
    public var factors: SimulatedFactors

    /// Makes a user.
    public init(
        _ id: String, password: String? = nil, enabled: Bool = true, tokens: [SimulatedToken] = [],
        factors: SimulatedFactors = SimulatedFactors()
    ) {
        self.id = id
        self.password = password
        self.enabled = enabled
        self.tokens = tokens
        self.factors = factors
    }

    /// The part after the last `@`.
    public var realm: String { String(id.split(separator: "@").last ?? "") }
}

/// One API token.
public struct SimulatedToken: Sendable, Hashable {
    /// The part after the `!`.
    public var id: String
    /// The secret.
    public var secret: String
    /// Whether it has only the privileges given to itself and its user alike.
    public var separated: Bool

    /// Makes a token.
    public init(_ id: String, secret: String, separated: Bool = false) {
        self.id = id
        self.secret = secret
        self.separated = separated
    }
}

/// One entry of the access control list.
public struct SimulatedGrant: Sendable, Hashable {
    /// The path it is for.
    public var path: String
    /// The user or the token, `name@realm` or `name@realm!token`.
    public var holder: String
    /// The role.
    public var role: String
    /// Whether it holds for everything below the path too.
    public var propagates: Bool

    /// Makes an entry.
    public init(_ path: String, holder: String, role: String, propagates: Bool = true) {
        self.path = path
        self.holder = holder
        self.role = role
        self.propagates = propagates
    }
}

/// A user's second factors.
public struct SimulatedFactors: Sendable, Hashable {
    /// The TOTP secret in base 32, or nil for none.
    public var totp: String?
    /// The recovery keys that are left.
    public var recovery: [String]
    /// Whether a security key is registered, which no answer is accepted from.
    public var webauthn: Bool
    /// The last step of time whose code was taken: no code is good twice.
    public var lastStep: Int64 = -1
    /// Wrong codes in a row; after eight the factor is locked (PVE::AccessControl).
    public var failures = 0

    /// Makes a user's factors; none unless named.
    public init(totp: String? = nil, recovery: [String] = [], webauthn: Bool = false) {
        self.totp = totp
        self.recovery = recovery
        self.webauthn = webauthn
    }

    /// Whether there is any.
    public var isPresent: Bool { totp != nil || !recovery.isEmpty || webauthn }
}
