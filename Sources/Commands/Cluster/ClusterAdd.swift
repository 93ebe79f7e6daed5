// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// The command `pvelua cluster add`.
struct ClusterAdd: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a cluster to the configuration, having looked at its certificate.",
        usage:
            "pvelua cluster add [options] NAME --host HOST --token-id ID\npvelua cluster add [options] NAME --host HOST --user USER",
        discussion: """
            Connects without sending any credential, shows the certificate and asks whether it is the right one; --ca \
            or --fingerprint answer that beforehand. Then it signs in, and only what works is written. A secret that is \
            typed goes into a file beside the configuration that nobody else can read.


            """ + ExitStatus.help)

    @Argument(help: "The name it shall go by in commands.")
    var name: String
    @Option(name: .customLong("host"), help: "A member, as host or host:port; may be given several times.")
    var hosts: [String] = []
    @Option(help: ArgumentHelp("The API token's id.", valueName: "user@realm!name"))
    var tokenId: String?
    @Option(help: ArgumentHelp("The user who signs in instead.", valueName: "user@realm"))
    var user: String?
    @Option(help: ArgumentHelp("The file that holds the secret or password.", valueName: "file"))
    var secretFile: String?
    @Option(help: ArgumentHelp("The environment variable that holds it.", valueName: "name"))
    var secretEnv: String?
    @Flag(help: "Keep no password: ask for it each time.")
    var askPassword = false
    @Option(help: ArgumentHelp("The file that holds the user's TOTP secret.", valueName: "file"))
    var totpFile: String?
    @Option(
        name: .customLong("fingerprint"),
        help: ArgumentHelp("The SHA-256 of a certificate to accept without asking.", valueName: "AA:BB:…"))
    var fingerprints: [String] = []
    @Option(help: ArgumentHelp("The cluster's authority, /etc/pve/pve-root-ca.pem of a node.", valueName: "file"))
    var ca: String?
    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        if let fault = ClusterName.fault(name) { throw Failure(.usage, "\(TextCleaner.clean(name)): \(fault)") }
        let addition = try ClusterAddition(
            name: name, hosts: try addresses(), identity: try identity(context), ca: ca.map(context.absolute),
            fingerprints: try Self.pins(fingerprints), context: context, path: locations(context).config,
            logLevel: options.logLevel,
            speaks: options.format == .text && !options.quiet)
        let added = try await Interruptible.run { () throws(Failure) in try await addition.perform() }
        try options.format.write(json: added.json, text: added.text)
        return .done
    }

    private func locations(_ context: CommandContext) -> Locations {
        Workplace(context: context, options: options).locations
    }

    private func addresses() throws(Failure) -> [HostAddress] {
        guard !hosts.isEmpty else { throw Failure(.usage, "name a member of the cluster: --host pve1.lan") }
        var result: [HostAddress] = []
        for text in hosts {
            guard let endpoint = HTTPEndpoint(text) else {
                throw Failure(
                    .usage, "--host \(text) is no host", hint: "write pve1.lan, pve1.lan:8006 or [2001:db8::1]:8006")
            }
            result.append(HostAddress(host: endpoint.host, port: endpoint.port))
        }
        return result
    }

    /// Fingerprints from a command line.
    static func pins(_ texts: [String]) throws(Failure) -> [Fingerprint] {
        var result: [Fingerprint] = []
        for text in texts {
            guard let pin = Fingerprint(text) else {
                throw Failure(
                    .usage, "--fingerprint \(text) is none", hint: "it is 32 pairs of hexadecimal digits, AA:BB:…")
            }
            result.append(pin)
        }
        return result
    }

    private func identity(_ context: CommandContext) throws(Failure) -> ClusterAddition.Identity {
        let sources =
            [secretFile.map { SecretSource.file(context.absolute($0)) }, secretEnv.map(SecretSource.environment)]
            .compactMap { $0 } + (askPassword ? [.prompt] : [])
        guard sources.count <= 1 else {
            throw Failure(.usage, "a secret has one place: --secret-file, --secret-env or --ask-password")
        }
        switch (tokenId, user) {
        case (let id?, nil):
            guard !askPassword, totpFile == nil else {
                throw Failure(.usage, "--ask-password and --totp-file are for users, not for tokens")
            }
            return .token(id: id, secret: sources.first)
        case (nil, let user?):
            return .user(user, password: sources.first, totp: totpFile.map { .file(context.absolute($0)) })
        case (nil, nil):
            throw Failure(
                .usage, "say who pvelua is there: --token-id user@realm!name or --user user@realm",
                hint: "docs/setup.md tells how to make a token")
        case (_?, _?): throw Failure(.usage, "either --token-id or --user, not both")
        }
    }
}

/// What was added, for the person who added it.
struct AddedCluster: Sendable {
    let name: String
    let path: String
    let secretFile: String?
    let identity: String
    let greeting: ClusterGreeting
    let trust: [String]

    var json: JSONValue {
        var object = JSONObject([
            ("cluster", .string(name)), ("config", .string(path)), ("identity", .string(identity)),
            ("host", .string(greeting.host)), ("version", .string(greeting.version)),
            ("trust", .array(trust.map(JSONValue.string))), ("paths", .array(greeting.paths.map(JSONValue.string))),
        ])
        if let secretFile { object["secret_file"] = .string(secretFile) }
        return .object(object)
    }

    var text: String {
        var lines = [
            "added \(name) to \(path): \(identity) on \(TextCleaner.clean(greeting.host)), "
                + "Proxmox VE \(TextCleaner.clean(greeting.version))"
        ]
        if let secretFile { lines.append("the secret is in \(secretFile), which only you can read") }
        if greeting.paths.isEmpty { lines.append("\(identity) has no privileges yet: every list will be empty") }
        lines.append("next: pvelua cluster doctor \(name)")
        return lines.joined(separator: "\n") + "\n"
    }
}
