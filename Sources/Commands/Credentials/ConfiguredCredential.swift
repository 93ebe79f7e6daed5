// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Proxmox
internal import Secrets
internal import Terminal

/// Who pvelua is to a cluster, made from what the configuration says.
enum ConfiguredCredential {
    /// The credential; secrets that are kept somewhere are fetched now, so that what is wrong with them is told at once.
    static func make(
        _ cluster: ClusterConfiguration, _ context: CommandContext,
        terminal: ControllingTerminal = ControllingTerminal(), audit: AuditConfiguration = AuditConfiguration()
    ) throws(Failure) -> any Credential {
        switch cluster.auth {
        case .local: return LocalAccess()
        case .token(let id, let source, let place):
            return try APIToken(id: id, secret: try fetch(source, context, place))
        case .login(let user, let password, let totp, let place):
            let isAsked = password == .prompt
            let secrets = LoginDesk(
                cluster: cluster.name, terminal: terminal,
                password: isAsked ? nil : try fetch(password, context, place),
                totp: try totp.flatMap { (source) throws(Failure) -> TOTP? in
                    source == .prompt ? nil : try TOTP(base32: try fetch(source, context, place))
                })
            return try TicketCredential(
                user: user, secrets: secrets, ledger: FileCodeLedger(user, on: cluster.name, context),
                wallClock: WallTime.seconds, onLogin: context.loginWitness(of: cluster.name, audit),
                learn: context.learn)
        }
    }

    /// Fetches a secret, telling where the configuration asked for it.
    static func fetch(
        _ source: SecretSource, _ context: CommandContext, _ place: String
    ) throws(Failure) -> Secret {
        do throws(Failure) {
            let secret = Secret(try source.resolve(environment: context.environment, home: context.home))
            context.learn(secret, false)
            return secret
        } catch {
            throw Failure(error.kind, "\(place): \(error.message)", hint: error.hint)
        }
    }
}

extension CommandContext {
    /// Has everything that is written from now on be without this secret.
    var learn: @Sendable (_ secret: Secret, _ isPassing: Bool) -> Void {
        { [secrets] (secret, isPassing) in secret.reveal { secrets.register($0, isPassing: isPassing) } }
    }
}
