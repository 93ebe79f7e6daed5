// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// Adds a cluster: certificate, identity, login, and only then the files.
struct ClusterAddition: Sendable {
    /// Who pvelua shall be; nil for a secret that is yet to be typed.
    enum Identity: Sendable {
        case token(id: String, secret: SecretSource?)
        case user(String, password: SecretSource?, totp: SecretSource?)
    }

    let name: String
    let hosts: [HostAddress]
    let identity: Identity
    let ca: String?
    let fingerprints: [Fingerprint]
    let context: CommandContext
    let path: String
    let logLevel: LogLevel
    let speaks: Bool
    let terminal = ControllingTerminal()
    private let before: [UInt8]?
    private let editor: ConfigurationEditor

    /// Reads what is there and tries the change with made-up values, so that nobody is asked anything in vain.
    init(
        name: String, hosts: [HostAddress], identity: Identity, ca: String?, fingerprints: [Fingerprint],
        context: CommandContext, path: String, logLevel: LogLevel, speaks: Bool
    ) throws(Failure) {
        self.name = name
        self.hosts = hosts
        self.identity = identity
        self.ca = ca
        self.fingerprints = fingerprints
        self.context = context
        self.path = path
        self.logLevel = logLevel
        self.speaks = speaks
        before = try FileContent.read(path, most: 1 << 20)
        editor = ConfigurationEditor(
            text: try FileContent.text(before ?? [], of: path), file: path, home: context.home)
        var rehearsal = editor
        let madeUp = TLSConfiguration(
            caFile: ca, fingerprints: ca == nil ? [String(repeating: "00:", count: 31) + "00"] : [])
        try rehearsal.add(block(secretFile: "/secret", madeUp))
        if storesSecret, access(secretFile, F_OK) == 0 {
            throw Failure(
                .config, "\(secretFile) is there already", hint: "use it with --secret-file, or remove it")
        }
    }

    func perform() async throws(Failure) -> AddedCluster {
        let tls = try await trust()
        let (credential, typed) = try await credential()
        let client = try route(tls).client(credential)
        let greeting: ClusterGreeting
        do throws(Failure) { greeting = try await ClusterGreeting(client) } catch {
            var failure = error
            failure.message += "; nothing was written"
            throw failure
        }
        var editor = editor
        try editor.add(block(secretFile: shown(secretFile), tls))
        if let typed { try FileContent.create(secretFile, typed.reveal { Array($0) } + [0x0a]) }
        do throws(Failure) {
            try FileContent.replace(path, with: Array(editor.text.utf8), expected: before)
        } catch {
            if typed != nil { unlink(secretFile) }
            throw error
        }
        return AddedCluster(
            name: name, path: path, secretFile: typed == nil ? nil : secretFile, identity: who, greeting: greeting,
            trust: [tls.caFile].compactMap { $0 } + tls.fingerprints)
    }

    /// Finds out which certificates to accept; nothing but TLS handshakes and a question without credential is sent.
    private func trust() async throws(Failure) -> TLSConfiguration {
        guard let ca else {
            return TLSConfiguration(fingerprints: try await shownAndAccepted().map(\.description))
        }
        let tls = TLSConfiguration(caFile: ca, fingerprints: fingerprints.map(\.description))
        guard try FileContent.read(Locations.expand(ca, home: context.home), most: 1 << 20) != nil else {
            throw Failure(.config, "\(ca): there is no such file")
        }
        let stranger = try route(tls).client(Nobody())
        do throws(Failure) { _ = try await stranger.send(.get("access", "domains")) } catch {
            guard error.kind == .tls else { throw error }
            var failure = error
            failure.hint =
                "the authority in \(ca) did not sign this server's certificate for that name: "
                + "is it the cluster's own /etc/pve/pve-root-ca.pem, and is the host called as in the certificate?"
            throw failure
        }
        say("\(stranger.lastHost) shows a certificate that \(ca) vouches for")
        return tls
    }

    private func shownAndAccepted() async throws(Failure) -> [Fingerprint] {
        var seen: [(host: HostAddress, certificate: ServerCertificate)] = []
        var trouble: Failure?
        for host in hosts {
            guard let endpoint = HTTPEndpoint(host: host.host, port: host.port) else { continue }
            do throws(Failure) { seen.append((host, try await CertificateProbe.look(at: endpoint))) } catch {
                if error.kind == .tls { throw error }
                say("\(error.message): left out; `pvelua cluster pin \(name)` adds its certificate later")
                trouble = error
            }
        }
        guard !seen.isEmpty else { throw trouble ?? Failure(.connection, "no host could be reached") }
        for (host, certificate) in seen where fingerprints.isEmpty {
            write(CertificateText.lines(certificate, of: host.description))
        }
        for (host, certificate) in seen where !fingerprints.isEmpty {
            guard fingerprints.contains(certificate.fingerprint) else {
                throw Failure(
                    .tls, "\(host) shows another certificate than the one expected: \(certificate.fingerprint)",
                    hint: "nothing was sent; expected: \(fingerprints.map(\.description).joined(separator: ", "))")
            }
        }
        if fingerprints.isEmpty {
            write([
                "Compare with the node's own: pvenode cert info, or Node > System > Certificates in its web interface."
            ])
            let what = seen.count == 1 ? "this certificate" : "these certificates"
            try await TypedYes.demand(
                "trust \(what): type yes to go on, anything else to stop: ", for: "trusting \(what)",
                else: "nothing was changed", at: terminal,
                hint: "pass --fingerprint \(seen[0].certificate.fingerprint) if it is the right one, or --ca FILE")
        }
        return seen.map(\.certificate.fingerprint)
    }

    private func credential() async throws(Failure) -> (any Credential, typed: Secret?) {
        switch identity {
        case .token(let id, let source):
            if let source { return (try APIToken(id: id, secret: try fetch(source)), nil) }
            let typed = try await LoginDesk.ask("secret of token \(id): ", at: terminal)
            context.learn(typed, false)
            return (try APIToken(id: id, secret: typed), typed)
        case .user(let user, let source, let totp):
            var (password, typed): (Secret?, Secret?) = (nil, nil)
            switch source {
            case .prompt?: break
            case let source?: password = try fetch(source)
            case nil:
                typed = try await LoginDesk.ask("password of \(user) on \(name): ", at: terminal)
                password = typed
            }
            let generator = try totp.map { (source) throws(Failure) in try TOTP(base32: try fetch(source)) }
            let desk = LoginDesk(cluster: name, terminal: terminal, password: password, totp: generator)
            return (
                try TicketCredential(
                    user: user, secrets: desk, ledger: FileCodeLedger(user, on: name, context),
                    wallClock: WallTime.seconds, learn: context.learn), typed
            )
        }
    }

    private func fetch(_ source: SecretSource) throws(Failure) -> Secret {
        let secret = Secret(try source.resolve(environment: context.environment, home: context.home))
        context.learn(secret, false)
        return secret
    }

    private func route(_ tls: TLSConfiguration) throws(Failure) -> ClusterRoute {
        try ClusterRoute(
            ClusterConfiguration(name: name, hosts: hosts, auth: block(secretFile: secretFile, tls).auth, tls: tls),
            context, logLevel)
    }

    private func block(secretFile: String, _ tls: TLSConfiguration) -> ConfigurationEditor.NewCluster {
        let auth: Authentication =
            switch identity {
            case .token(let id, let source): .token(id: id, secret: source ?? .file(secretFile), place: "")
            case .user(let user, let source, let totp):
                .login(user: user, password: source ?? .file(secretFile), totp: totp, place: "")
            }
        return ConfigurationEditor.NewCluster(
            name: name, hosts: hosts, auth: auth,
            tls: TLSConfiguration(caFile: tls.caFile.map(shown), fingerprints: tls.fingerprints))
    }

    private var who: String {
        switch identity {
        case .token(let id, _): id
        case .user(let user, _, _): user
        }
    }

    private var storesSecret: Bool {
        switch identity {
        case .token(_, let source), .user(_, let source, _): source == nil
        }
    }

    /// Where a typed secret goes: beside the configuration.
    private var secretFile: String {
        let kind = if case .token = identity { "token" } else { "password" }
        return "\(PrivateStorage.folder(of: path))/\(name).\(kind)"
    }

    /// A path as it is written: with `~` for the home folder.
    private func shown(_ path: String) -> String {
        path.hasPrefix(context.home + "/") ? "~" + path.dropFirst(context.home.count) : path
    }

    private func write(_ lines: [String]) { writeError(lines.map { $0 + "\n" }.joined()) }
    private func say(_ text: String) { if speaks { write([TextCleaner.clean(text)]) } }
}
