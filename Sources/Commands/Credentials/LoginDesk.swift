// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Proxmox
internal import Terminal
internal import Text

/// Password and second factor for a login: those that are kept somewhere, and those that a person types.
///
/// A typed password is remembered while pvelua runs, for the login after a ticket has run out; a refused one is forgotten.
actor LoginDesk: LoginSecrets {
    private let cluster: String
    private let terminal: ControllingTerminal
    private let known: Secret?
    private let totp: TOTP?
    private var typed: Secret?
    private var hasAsked = false

    /// How many seconds a question stands.
    private static let patience = 120.0

    init(cluster: String, terminal: ControllingTerminal, password: Secret?, totp: TOTP?) {
        self.cluster = cluster
        self.terminal = terminal
        known = password
        self.totp = totp
    }

    func password(of user: String) async throws(Failure) -> Secret {
        if let secret = known ?? typed { return secret }
        let secret = try await Self.ask("password of \(user) on \(cluster): ", at: terminal)
        typed = secret
        hasAsked = true
        return secret
    }

    func answer(
        to challenge: SecondFactorChallenge, of user: String
    ) async throws(Failure) -> SecondFactorAnswer {
        if let totp, challenge.takesCodes { return .generated(totp) }
        let wanted = [
            challenge.takesCodes ? "TOTP code" : nil, challenge.takesRecoveryKeys ? "recovery key" : nil,
        ].compactMap { $0 }.joined(separator: " or ")
        guard terminal.isPresent else {
            throw Failure(
                .auth, "\(user) needs a second factor, and there is nobody to ask for a \(wanted)",
                hint: "configure the TOTP secret: totp: { file: PATH }; or use an API token, which needs none")
        }
        let text = try await Self.ask("\(wanted) of \(user) on \(cluster): ", at: terminal)
        hasAsked = true
        let isCode = text.reveal { bytes in
            bytes.count == 6 && bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        if isCode, challenge.takesCodes { return .code(text) }
        guard challenge.takesRecoveryKeys else {
            throw Failure(.auth, "a TOTP code has six digits", hint: "nothing was sent; try again")
        }
        return .recovery(text)
    }

    func wereRefused() async -> Bool {
        defer { (typed, hasAsked) = (nil, false) }
        return hasAsked
    }

    /// Asks without showing what is typed.
    static func ask(_ question: String, at terminal: ControllingTerminal) async throws(Failure) -> Secret {
        guard terminal.isPresent else {
            throw Failure(.auth, "there is nobody to ask: no terminal", hint: SecretSource.elsewhere)
        }
        guard let bytes = await terminal.askSecret(TextCleaner.clean(question), timeout: patience) else {
            if Swift.Task.isCancelled { throw Failure(.cancelled, "the caller gave up") }
            throw Failure(.auth, "nobody answered", hint: SecretSource.elsewhere)
        }
        do throws(Failure) { return Secret(try SecretSource.prompt.checked(bytes)) } catch {
            throw Failure(.auth, error.message, hint: "nothing was sent; try again")
        }
    }
}
