// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import JSON
internal import Model
internal import Proxmox

/// Sets up a token by the API: what is missing of a plan, in order, and a try of the result.
struct TokenCreation: Sendable {
    let plan: TokenPlan
    /// The client of whoever makes the token; only looks.
    let client: ProxmoxClient
    var calls: any AdministrativeCalls
    let makeClient: TokenClientMaker
    /// Where the secret goes.
    let secretFile: String

    /// The steps that are still to be done; what is there already is left out.
    ///
    /// - Throws: ``Failure`` of kind `conflict` where the token exists, or a role of that name allows something else.
    func remaining() async throws(Failure) -> [TokenStep] {
        var steps: [TokenStep] = []
        let roles = try await client.send(.get("access", "roles")).data.array ?? []
        for role in plan.roles {
            guard let row = roles.first(where: { $0["roleid"]?.perlText == role.name }) else {
                steps.append(try TokenPlan.add(role))
                continue
            }
            let there = (row["privs"]?.perlText ?? "").split { ", ".contains($0) }.map { Privilege(String($0)) }
            guard there.sorted() == role.privileges else {
                throw Failure(
                    .conflict,
                    "there is a role \(role.name) already, with \(there.map(\.rawValue).sorted().joined(separator: " "))",
                    hint: "choose another name with --role; nothing was sent")
            }
        }
        if try await userIsMissing() { steps.append(try plan.addUser()) }
        steps.append(try plan.addToken())
        return steps + (try plan.grantSteps())
    }

    private func userIsMissing() async throws(Failure) -> Bool {
        if plan.identity.isRoot { return false }
        let users = try await client.send(.get("access", "users")).data.array ?? []
        guard users.contains(where: { $0["userid"]?.perlText == plan.identity.user }) else { return true }
        let tokens = try await client.tokens(of: plan.identity.user)
        guard !tokens.contains(where: { $0.name == plan.identity.name }) else {
            throw Failure(
                .conflict, "there is a token \(plan.identity) already",
                hint: "choose another --token-id, or `pvelua cluster token rotate` for a new secret; nothing was sent")
        }
        return false
    }

    /// Does the steps, keeps the secret as soon as it is known, and tries the token.
    ///
    /// - Returns: The secret, and what the token may do.
    /// - Throws: ``Failure`` whose hint says what exists by then.
    func run(_ steps: [TokenStep]) async throws(Failure) -> (secret: Secret, permissions: Permissions) {
        var done: [TokenStep] = []
        var secret: Secret?
        do throws(Failure) {
            for step in steps {
                let answer = try await calls.send(step.call)
                done.append(step)
                guard let text = answer["value"]?.perlText else { continue }
                secret = Secret(text)
                try FileContent.create(secretFile, Array((text + "\n").utf8))
            }
            guard let secret else {
                throw Failure(.server, "Proxmox made the token and did not tell its secret")
            }
            let permissions = try await makeClient(plan.identity.description, secret).permissions()
            guard !permissions.isEmpty || plan.grants.isEmpty else {
                throw Failure(.permission, "the new token works and may do nothing")
            }
            return (secret, permissions)
        } catch {
            throw explained(error, done, hasSecret: secret != nil)
        }
    }

    private func explained(_ failure: Failure, _ done: [TokenStep], hasSecret: Bool) -> Failure {
        guard !done.isEmpty else { return failure }
        var failure = failure
        let names = done.map(\.command).joined(separator: "; ")
        let secretLine = hasSecret ? "; its secret is in \(secretFile)" : ""
        failure.hint =
            [failure.hint, "done before that: \(names)\(secretLine)"].compactMap { $0 }.joined(separator: "; ")
        return failure
    }
}
