// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Synchronization

extension TicketCredential {
    /// Gets a new ticket for one that still holds; neither password nor second factor is needed (pve-facts §2).
    func renew(_ old: Ticket, _ login: LoginRoute) async throws(Failure) -> Ticket {
        let start = login.clock.now()
        do throws(Failure) {
            return try keep(try await ask(old.user, old.text, [], login), start, user: old.user)
        } catch {
            state.withLock { state in
                // Refused once, this ticket will be refused again; it is used until its end.
                state.renewalBegins = error.kind == .auth ? old.obtained + Ticket.lifetime : start + Self.pause
            }
            throw error
        }
    }

    /// Throws the refusal of a login that was tried too short a while ago.
    func checkRefusal(_ login: LoginRoute) throws(Failure) {
        guard let refusal = state.withLock({ $0.refusal }) else { return }
        guard let until = refusal.until, login.clock.now() >= until else { throw refusal.failure }
    }

    /// Signs in with the password and, where that is asked for, a second factor.
    func signIn(_ login: LoginRoute) async throws(Failure) -> Ticket {
        let password = try await secrets.password(of: user)
        var start = login.clock.now()
        do throws(Failure) {
            var answer = try await ask(user, password, [], login)
            if Self.needsSecondFactor(answer) {
                let challenge = try challenge(in: answer)
                learn(challenge.ticket, true)
                let response = try await response(to: challenge, login)
                start = login.clock.now()
                let proof = (name: "tfa-challenge", value: APIParameter.text(challenge.ticket.text))
                do throws(Failure) {
                    answer = try await ask(user, response, [proof], login)
                } catch {
                    throw error.kind == .auth ? Self.refusedFactor(error, user) : error
                }
            }
            let ticket = try keep(answer, start, user: user)
            state.withLock { ($0.refusal, $0.refusals) = (nil, 0) }
            return ticket
        } catch {
            if error.kind == .auth, error.status == 401 { throw await remember(error, login) }
            throw error
        }
    }

    private func keep(_ answer: JSONValue, _ start: Duration, user: String) throws(Failure) -> Ticket {
        let serial = state.withLock { state in
            state.lastSerial &+= 1
            return state.lastSerial
        }
        let ticket = try Ticket(answer, user: user, obtained: start, serial: serial)
        learn(ticket.text, true)
        learn(ticket.csrf, true)
        state.withLock { state in
            state.ticket = ticket
            state.renewalBegins = .zero
        }
        return ticket
    }

    /// Sends one login.
    ///
    /// It is never sent again by itself: a wrong one costs seconds and, after a few, the factor.
    private func ask(
        _ user: String, _ password: Secret, _ more: [(name: String, value: APIParameter)], _ login: LoginRoute
    ) async throws(Failure) -> JSONValue {
        // Before it leaves: the server may echo it in its refusal.
        learn(password, !more.isEmpty)
        let call = APICall(
            .post, try APIPath(["access", "ticket"]),
            [(name: "username", value: .text(user)), (name: "password", value: .text(password.text))] + more)
        do throws(Failure) {
            return try await login.send(call).data
        } catch {
            let told = Self.explained(error, user)
            if error.kind == .outcomeUnknown {
                // It may have been counted as a wrong one, so whoever waits for a task must not send it at every look.
                state.withLock { $0.refusal = (told, login.clock.now() + Self.pause) }
            }
            throw told
        }
    }

    private static func explained(_ failure: Failure, _ user: String) -> Failure {
        var failure = failure
        switch failure.kind {
        case .auth:
            failure.message = "the login of \(user) was refused"
            failure.hint =
                "wrong password or realm, or the user is disabled, expired or unknown: Proxmox does not tell which"
        case .outcomeUnknown:
            // A login changes nothing, so nobody has to look for what it may have done.
            failure.kind = .connection
            failure.message = "the login of \(user) got no answer: \(failure.message)"
            failure.hint = "it is not sent again within a minute; then try again"
        default: failure.message = "the login of \(user) failed: \(failure.message)"
        }
        return failure
    }

    private static func refusedFactor(_ failure: Failure, _ user: String) -> Failure {
        var failure = failure
        failure.message = "the second factor of \(user) was refused"
        failure.hint = """
            a TOTP code is good once and for half a minute: was it used just now, and do the clocks agree? After several \
            wrong ones Proxmox locks the factor
            """
        return failure
    }

    /// Keeps the refusal for those who ask too soon.
    private func remember(_ failure: Failure, _ login: LoginRoute) async -> Failure {
        let mayDiffer = await secrets.wereRefused()
        let now = login.clock.now()
        state.withLock { state in
            state.refusals += 1
            if mayDiffer {
                state.refusal = nil
            } else {
                state.refusal = (failure, state.refusals < Self.maximumRefusals ? now + Self.pause : nil)
            }
        }
        return failure
    }

    private static func needsSecondFactor(_ answer: JSONValue) -> Bool {
        answer["NeedTFA"]?.perlInteger == 1 || answer["ticket"]?.perlText?.hasPrefix("PVE:!tfa!") == true
    }

    private func challenge(in answer: JSONValue) throws(Failure) -> SecondFactorChallenge {
        guard let text = answer["ticket"]?.perlText, text.utf8.count <= 65_536,
            let challenge = SecondFactorChallenge(ticket: text)
        else { throw Failure(.server, "the server asks for a second factor in a way that pvelua does not know") }
        guard challenge.takesCodes || challenge.takesRecoveryKeys else { throw challenge.unanswerable }
        return challenge
    }

    /// The answer as Proxmox takes it, `TYPE:VALUE`.
    private func response(
        to challenge: SecondFactorChallenge, _ login: LoginRoute
    ) async throws(Failure) -> Secret {
        switch try await secrets.answer(to: challenge, of: user) {
        case .code(let code): return Secret("totp:" + code.text)
        case .recovery(let key):
            learn(key, true)
            return Secret("recovery:" + key.text)
        case .generated(let totp): return Secret("totp:" + totp.code(step: try await unusedStep(login)))
        }
    }

    /// The present step of time, or a later one where this one's code has been used already; waits until it has come.
    private func unusedStep(_ login: LoginRoute) async throws(Failure) -> Int64 {
        let now = wallClock()
        let step = ledger.reserve(from: TOTP.step(at: now))
        let wait = Double(step) * TOTP.stepSeconds - now
        guard wait > 0 else { return step }
        do throws(CancellationError) { try await login.clock.sleep(for: .seconds(wait)) } catch {
            throw Failure(.cancelled, "the caller gave up")
        }
        return step
    }
}
