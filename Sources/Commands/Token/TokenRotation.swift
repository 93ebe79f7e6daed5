// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Gives a configured token a new secret by a second token beside it, so that at no moment there is none that works.
///
/// Proxmox cannot change a token's secret (apidoc 8.4 and 9.1). The order is: make, store, grant, try, switch the configuration
/// in one rename, and only then remove the old one.
struct TokenRotation: Sendable {
    let old: TokenIdentity
    /// The client of the old token: what it may do is what the new one must be able to do.
    let oldClient: ProxmoxClient
    /// The client of whoever makes the change.
    let client: ProxmoxClient
    var calls: any AdministrativeCalls
    let makeClient: TokenClientMaker
    let files: Files

    /// Where things are kept; closures, so that a test can let each go wrong.
    struct Files: Sendable {
        /// The path that a new token's secret gets.
        var secretPath: @Sendable (TokenIdentity) -> String
        /// Writes a secret to a path.
        var store: @Sendable (String, Secret) throws(Failure) -> Void
        /// Makes the configuration name the token and its file, atomically.
        var switchTo: @Sendable (TokenIdentity, String) throws(Failure) -> Void
        /// Removes a secret.
        var remove: @Sendable (String) -> Bool
        /// The path of the old secret, which goes at the end.
        var oldPath: String
    }

    /// What is about to be done.
    struct Plan: Sendable {
        var new: TokenIdentity
        var facts: TokenFacts
        var make: APICall
        var grants: [APICall]
        var remove: APICall
        /// Takes the new token back, should something go wrong.
        var undo: APICall
        var permissions: Permissions

        var calls: [APICall] { [make] + grants + [remove] }
    }

    /// What became of it.
    struct Outcome: Sendable {
        var new: TokenIdentity
        var secretFile: String
        var secret: Secret
        /// What a person should still do.
        var leftovers: [String]
    }

    /// Looks at the old token and says what has to be done.
    ///
    /// - Throws: ``Failure``; nothing was changed then.
    func plan() async throws(Failure) -> Plan {
        let tokens: [TokenFacts]
        do throws(Failure) {
            tokens = try await client.tokens(of: old.user)
        } catch {
            throw cannotSee(error)
        }
        guard let facts = tokens.first(where: { $0.name == old.name }) else {
            throw Failure(.notFound, "\(old.user) has no token \(old.name)")
        }
        let new = try nextName(tokens.map(\.name))
        let permissions = try await oldClient.permissions()
        let entries = try await client.accessList().filter { $0.holder == old.description }
        guard !facts.isSeparated || !entries.isEmpty || permissions.isEmpty else {
            throw Failure(
                .permission, "the rights of \(old) cannot be seen, so they cannot be given to a new token",
                hint:
                    "this takes Sys.Audit or Permissions.Modify at /access; use --with to name an identity that has it")
        }
        var parameters: [(name: String, value: APIParameter)] = [("privsep", .boolean(facts.isSeparated))]
        if let expires = facts.expires { parameters.append(("expire", .integer(expires))) }
        if let comment = facts.comment, !comment.isEmpty { parameters.append(("comment", .text(comment))) }
        return Plan(
            new: new, facts: facts,
            make: APICall(.post, try APIPath("access", "users", new.user, "token", new.name), parameters),
            grants: try entries.map { (entry) throws(Failure) in
                try TokenPlan.allow(
                    .init(path: entry.path, role: entry.role, propagates: entry.propagates), "tokens", new.description
                ).call
            },
            remove: APICall(.delete, try APIPath("access", "users", old.user, "token", old.name)),
            undo: APICall(.delete, try APIPath("access", "users", new.user, "token", new.name)),
            permissions: permissions)
    }

    /// Carries the plan out.
    ///
    /// - Throws: ``Failure`` that says which token works and what exists now. The old one works unless it says otherwise.
    func run(_ plan: Plan) async throws(Failure) -> Outcome {
        let path = files.secretPath(plan.new)
        let secret: Secret
        do throws(Failure) {
            guard let text = try await calls.send(plan.make)["value"]?.perlText else {
                throw Failure(.outcomeUnknown, "Proxmox did not tell the new token's secret")
            }
            secret = Secret(text)
        } catch {
            // A refusal made nothing. Of anything else nobody knows, and the secret is lost either way.
            guard [.outcomeUnknown, .inDoubt, .server, .connection, .cancelled].contains(error.kind) else {
                throw told(error, "nothing was changed")
            }
            throw await undone(error, plan, storedAt: nil)
        }
        var stored: String?
        do throws(Failure) {
            try files.store(path, secret)
            stored = path
            for call in plan.grants { _ = try await calls.send(call) }
            try await tryOut(plan, secret)
            try files.switchTo(plan.new, path)
        } catch {
            throw await undone(error, plan, storedAt: stored)
        }
        let leftovers = try await removeOld(plan, secret)
        return Outcome(new: plan.new, secretFile: path, secret: secret, leftovers: leftovers)
    }

    /// The new token must be let in and must be able to do what the old one could.
    private func tryOut(_ plan: Plan, _ secret: Secret) async throws(Failure) {
        let permissions = try await makeClient(plan.new.description, secret).permissions()
        guard permissions == plan.permissions else {
            throw Failure(.permission, "the new token \(plan.new) may not do the same as the old one")
        }
    }

    /// Takes back what was made; the old token was not touched.
    ///
    /// - Parameter path: Where the new secret was stored; nil where it was not, for a file that is there then is another's.
    private func undone(_ failure: Failure, _ plan: Plan, storedAt path: String?) async -> Failure {
        var left: [String] = []
        do throws(Failure) {
            _ = try await calls.send(plan.undo)
        } catch {
            // Only the list says whether it is there.
            let names = try? await client.tokens(of: plan.new.user).map(\.name)
            if names?.contains(plan.new.name) != false {
                left.append(
                    (names == nil ? "the token \(plan.new) may exist" : "the token \(plan.new) exists")
                        + ": pveum user token remove \(plan.new.user) \(plan.new.name)")
            }
        }
        if let path, !files.remove(path) { left.append("the file \(path) is still there") }
        return told(
            failure, left.isEmpty ? "what had been made was taken back" : left.joined(separator: "; "))
    }

    private func told(_ failure: Failure, _ state: String) -> Failure {
        var failure = failure
        failure.message = "\(failure.message); the old token \(old) still works, \(state)"
        return failure
    }

    /// The new token is in use by now, so from here on nothing can be lost but tidiness.
    private func removeOld(_ plan: Plan, _ secret: Secret) async throws(Failure) -> [String] {
        do throws(Failure) {
            _ = try await calls.send(plan.remove)
        } catch {
            // The answer may have been lost, and the old token can no longer ask about itself.
            let fresh = try makeClient(plan.new.description, secret)
            var names = try? await client.tokens(of: old.user).map(\.name)
            if names == nil { names = try? await fresh.tokens(of: old.user).map(\.name) }
            if names?.contains(old.name) != false {
                var failure = error
                let state = names == nil ? "may still work" : "still works"
                failure.message =
                    "\(plan.new) is in use now; the old token \(old) could not be removed and \(state): \(error.message)"
                failure.hint =
                    "pveum user token remove \(old.user) \(old.name), then delete \(files.oldPath)"
                throw failure
            }
        }
        return files.remove(files.oldPath) ? [] : ["the old secret \(files.oldPath) is still there: delete it"]
    }

    /// `runbooks-2` after `runbooks`, the next number that is free.
    private func nextName(_ taken: [String]) throws(Failure) -> TokenIdentity {
        var stem = old.name[...]
        var number = 1
        if let dash = stem.lastIndex(of: "-"), let last = Int(stem[stem.index(after: dash)...]),
            (1...9998).contains(last)
        {
            stem = stem[..<dash]
            number = last
        }
        repeat { number += 1 } while taken.contains("\(stem)-\(number)") && number < 10_000
        return try TokenIdentity(user: old.user, name: "\(stem)-\(number)")
    }

    private func cannotSee(_ failure: Failure) -> Failure {
        guard failure.kind == .permission else { return failure }
        var failure = failure
        failure.message = "the tokens of \(old.user) cannot be listed: \(failure.message)"
        failure.hint =
            "a token may not look after tokens unless it has User.Modify at /access/groups; use --with to name a "
            + "configured identity that may, such as a login with a password. Nothing was changed"
        return failure
    }
}
