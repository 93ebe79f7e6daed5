// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Synchronization

/// A user who signs in with a password and gets a ticket, which is kept fresh while it is used.
///
/// However many calls come at once, one login or renewal serves them all. A ticket is renewed with itself from an hour of
/// age on; the password is needed again only where it ran out or was refused. Nothing is kept on disk.
public final class TicketCredential: Credential, CustomStringConvertible, CustomReflectable {
    /// The user, `name@realm`.
    public let user: String
    /// The user, as UPIDs write it.
    public var identity: String? { user }
    let secrets: any LoginSecrets
    let wallClock: @Sendable () -> Double
    let ledger: any CodeLedger
    private let onLogin: (@Sendable (LoginOutcome) async -> Void)?
    let learn: @Sendable (Secret, Bool) -> Void
    let state = Mutex(State())
    private let flight = SingleFlight<Ticket>()

    struct State: Sendable {
        var ticket: Ticket?
        var lastSerial: UInt64 = 0
        /// Before this moment no renewal is tried.
        var renewalBegins = Duration.zero
        /// The last refused login, and when the next one may be tried; nil for never.
        var refusal: (failure: Failure, until: Duration?)?
        var refusals = 0
    }

    /// A ticket this young that is refused will not be bettered by another one.
    static let youth = Duration.seconds(30)
    /// The pause after a renewal that failed or a login that was refused.
    static let pause = Duration.seconds(60)
    /// Refused logins after which none is tried any more: Proxmox locks second factors after a few.
    static let maximumRefusals = 3

    /// Makes a credential; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - user: `name@realm`.
    ///   - secrets: Where password and second factor come from.
    ///   - ledger: Which TOTP codes were used already.
    ///   - wallClock: The time in seconds since 1970, which TOTP codes follow from.
    ///   - onLogin: Hears of each login and renewal that was tried.
    ///   - learn: Hears of each secret as it comes up, before it is sent or used, and whether it is of use for hours only.
    /// - Throws: ``Failure`` of the kind `config` where the user's name is none.
    public init(
        user: String, secrets: any LoginSecrets, ledger: any CodeLedger = MemoryCodeLedger(),
        wallClock: @escaping @Sendable () -> Double, onLogin: (@Sendable (LoginOutcome) async -> Void)? = nil,
        learn: @escaping @Sendable (Secret, Bool) -> Void = { _, _ in }
    ) throws(Failure) {
        guard AccountName.isUser(user) else {
            throw Failure(.config, "'\(user)' is no user", hint: "write it with its realm: root@pam, alice@pve")
        }
        self.user = user
        self.secrets = secrets
        self.ledger = ledger
        self.wallClock = wallClock
        self.onLogin = onLogin
        self.learn = learn
    }

    /// The user.
    public var description: String { user }
    /// The user: what else is inside is secret.
    public var customMirror: Mirror { Mirror(self, children: ["user": user]) }

    /// The ticket in use, where there is one.
    public var ticket: Ticket? { state.withLock { $0.ticket } }

    /// The fields of the ticket at hand.
    ///
    /// - Throws: ``Failure`` of the kind `auth` before the first login.
    public func headers(for method: HTTPMethod) async throws(Failure) -> [HTTPHeader] {
        guard let ticket else { throw Failure(.auth, "\(user) is not signed in yet") }
        return ticket.headers(for: method)
    }

    /// The fields of a ticket that is fresh enough, signing in or renewing where that is due.
    ///
    /// - Throws: ``Failure`` of the kind `auth` where the login is refused, `connection` or `tls` where no host takes it.
    public func headers(for method: HTTPMethod, login: LoginRoute) async throws(Failure) -> [HTTPHeader] {
        let now = login.clock.now()
        let (held, mayRenew) = state.withLock { ($0.ticket, now >= $0.renewalBegins) }
        guard let held, held.isUsable(at: now) else {
            return try await replace(held, login).headers(for: method)
        }
        guard now - held.obtained >= Ticket.renewalAge, mayRenew else { return held.headers(for: method) }
        do throws(Failure) {
            return try await replace(held, login).headers(for: method)
        } catch {
            // The old one still opens the door; only who gave up goes without it.
            if error.kind == .cancelled { throw error }
            return held.headers(for: method)
        }
    }

    /// The fields of another ticket: one that somebody else fetched meanwhile, or one from a fresh login.
    ///
    /// - Throws: ``Failure`` where the login goes wrong.
    public func headers(
        for method: HTTPMethod, insteadOf refused: [HTTPHeader], login: LoginRoute
    ) async throws(Failure) -> [HTTPHeader]? {
        if let held = ticket, !held.isIn(refused) { return held.headers(for: method) }
        guard drop(refused, login) else { return nil }
        return try await replace(nil, login).headers(for: method)
    }

    /// Says whose ticket was refused and what becomes of it.
    public func explained(
        _ failure: Failure, for method: HTTPMethod, refused: [HTTPHeader], login: LoginRoute
    ) -> Failure {
        var failure = failure
        let isDropped = drop(refused, login)
        failure.message = "the ticket of \(user) was refused: \(failure.message)"
        failure.hint =
            !method.isRead && isDropped
            ? "nothing was changed; the next call signs in anew, so this one can be made again"
            : "is the user enabled, and do the members of the cluster agree on the time?"
        return failure
    }

    /// Forgets a refused ticket; false where it is so young that another one would fare no better.
    private func drop(_ refused: [HTTPHeader], _ login: LoginRoute) -> Bool {
        let now = login.clock.now()
        return state.withLock { state in
            guard let held = state.ticket, held.isIn(refused) else { return true }
            guard now - held.obtained >= Self.youth else { return false }
            state.ticket = nil
            return true
        }
    }

    private func replace(_ old: Ticket?, _ login: LoginRoute) async throws(Failure) -> Ticket {
        try await flight.run { [self] () throws(Failure) in
            let now = login.clock.now()
            // Another flight may have landed between the look and the start of this one.
            if let held = ticket, held.serial != old?.serial, held.isUsable(at: now) { return held }
            if let old, old.isUsable(at: now) {
                return try await told(isRenewal: true) { () throws(Failure) in try await renew(old, login) }
            }
            try checkRefusal(login)
            return try await told(isRenewal: false) { () throws(Failure) in try await signIn(login) }
        }
    }

    private func told(
        isRenewal: Bool, _ work: () async throws(Failure) -> Ticket
    ) async throws(Failure) -> Ticket {
        do throws(Failure) {
            let ticket = try await work()
            await onLogin?(LoginOutcome(user: user, isRenewal: isRenewal, failure: nil))
            return ticket
        } catch {
            if error.kind != .cancelled {
                await onLogin?(LoginOutcome(user: user, isRenewal: isRenewal, failure: error))
            }
            throw error
        }
    }
}

/// What came of one login, or of the renewal of a ticket.
public struct LoginOutcome: Sendable {
    /// The user, `name@realm`.
    public var user: String
    /// Whether a ticket was to be renewed with itself.
    public var isRenewal: Bool
    /// Why it went wrong; nil where it went well.
    public var failure: Failure?
}

extension Ticket {
    /// Whether the server will still take it, going by its age.
    func isUsable(at now: Duration) -> Bool { now - obtained < Self.lifetime - Self.margin }
}
