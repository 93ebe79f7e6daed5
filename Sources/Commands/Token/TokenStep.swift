// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Terminal

/// One step of setting up a token, as a command for a node's shell and as a call of the API.
struct TokenStep: Hashable, Sendable {
    /// `pveum …`.
    var command: String
    /// The same by the API.
    var call: APICall

    /// The call for people: `PUT /access/acl path=/vms roles=Runbooks`.
    var line: String { call.plainText }

    var json: JSONValue {
        var object = JSONObject([
            ("command", .string(command)), ("method", .string(call.method.rawValue)),
            ("path", .string(call.path.description)),
        ])
        object["parameters"] = .object(JSONObject(call.parameters.map { ($0.name, $0.value.json) }))
        return .object(object)
    }
}

extension APICall {
    /// The call as a person reads it before saying yes; nothing in it is secret.
    var plainText: String {
        let words = parameters.map { "\($0.name)=\($0.value.texts.joined(separator: ","))" }
        return ([method.rawValue, path.description] + words).joined(separator: " ")
    }
}

extension TokenPlan {
    /// The steps, in the order in which they have to be done.
    func steps() throws(Failure) -> [TokenStep] {
        try roles.map { (role) throws(Failure) in try Self.add(role) } + (identity.isRoot ? [] : [try addUser()])
            + [try addToken()] + (try grantSteps())
    }

    static func add(_ role: Role) throws(Failure) -> TokenStep {
        let privileges = role.privileges.map(\.rawValue).joined(separator: " ")
        return TokenStep(
            command: "pveum role add \(role.name) --privs \"\(privileges)\"",
            call: APICall(
                .post, try APIPath("access", "roles"), [("roleid", .text(role.name)), ("privs", .text(privileges))]))
    }

    func addUser() throws(Failure) -> TokenStep {
        TokenStep(
            command: "pveum user add \(Self.quoted(identity.user))",
            call: APICall(.post, try APIPath("access", "users"), [("userid", .text(identity.user))]))
    }

    func addToken() throws(Failure) -> TokenStep {
        TokenStep(
            command: "pveum user token add \(Self.quoted(identity.user)) \(identity.name) --privsep 1",
            call: APICall(
                .post, try APIPath("access", "users", identity.user, "token", identity.name),
                [("privsep", .boolean(true))]))
    }

    /// Every grant for the user and again for the token; root@pam has everything already.
    func grantSteps() throws(Failure) -> [TokenStep] {
        var steps: [TokenStep] = []
        for grant in grants {
            if !identity.isRoot { steps.append(try Self.allow(grant, "users", identity.user)) }
            steps.append(try Self.allow(grant, "tokens", identity.description))
        }
        return steps
    }

    /// - Parameter kind: `users` or `tokens`.
    static func allow(_ grant: Grant, _ kind: String, _ holder: String) throws(Failure) -> TokenStep {
        let ending = grant.propagates ? "" : " --propagate 0"
        return TokenStep(
            command: "pveum acl modify \(grant.path) --\(kind) \(quoted(holder)) --roles \(grant.role)\(ending)",
            call: APICall(
                .put, try APIPath("access", "acl"),
                [
                    ("path", .text(grant.path.rawValue)), (kind, .text(holder)), ("roles", .text(grant.role)),
                    ("propagate", .boolean(grant.propagates)),
                ]))
    }

    /// In quotes where a shell would make something else of it, as of the `!` of tokens.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "@._-".utf8.contains($0) }
        return isPlain
            ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The commands with a line about what they are for.
    func text() throws(Failure) -> String {
        let purpose = "for \(wanted.joined(separator: ", "))".wrapped(toWidth: 98).map { "# \($0)" }
        let lines = purpose + (try steps().map(\.command)) + notes.map { "# \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    func json() throws(Failure) -> JSONValue {
        .object(
            JSONObject([
                ("token_id", .string(identity.description)), ("for", .array(wanted.map(JSONValue.string))),
                ("steps", .array(try steps().map(\.json))), ("notes", .array(notes.map(JSONValue.string))),
            ]))
    }
}
