// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// The command `pvelua cluster token …`.
struct ClusterToken: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Plan, make and renew API tokens with the least rights.",
        subcommands: [ClusterTokenPlan.self, ClusterTokenCreate.self, ClusterTokenRotate.self])
}

/// What a token is wanted for, as options.
struct TokenWishOptions: ParsableArguments {
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "An operation (vm_action) or actions (snapshot.*); may be given often. Default: all that looks.",
            valueName: "operation"))
    var operations: [String] = []

    @Option(help: ArgumentHelp("Only guests of this pool; may be given often.", valueName: "pool"))
    var pool: [String] = []

    @Option(help: ArgumentHelp("Only this guest; may be given often.", valueName: "vmid"))
    var vmid: [Int] = []

    @Option(help: ArgumentHelp("The user the token belongs to.", valueName: "user@realm"))
    var user = "automation@pve"

    @Option(name: .customLong("token-id"), help: ArgumentHelp("The token's name.", valueName: "name"))
    var tokenName = "runbooks"

    @Option(help: ArgumentHelp("The role's name; further roles begin with it.", valueName: "name"))
    var role = "Runbooks"

    func plan() throws(Failure) -> TokenPlan {
        for number in vmid where VMID(number) == nil { throw Failure(.usage, "--vmid \(number) is no vmid") }
        for name in pool {
            let isProper = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_./".utf8.contains($0) }
            guard !name.isEmpty, isProper, !name.hasPrefix("/") else {
                throw Failure(.usage, "--pool \(name) is no pool's name")
            }
        }
        var wish = TokenWish()
        wish.operations = operations
        wish.pools = pool
        wish.vmids = vmid
        wish.user = user
        wish.tokenName = tokenName
        wish.role = role
        return try TokenPlan(wish)
    }
}

/// The command `pvelua cluster token plan`.
struct ClusterTokenPlan: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Print the commands that set up a token with the least rights; sends nothing.",
        usage: "pvelua cluster token plan [options]",
        discussion: "The commands are for a shell on a node; --format json adds the same as calls of the API.\n\n"
            + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions
    @OptionGroup var wish: TokenWishOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let plan = try wish.plan()
        try options.format.write(json: try plan.json(), text: try plan.text())
        return .done
    }
}

/// The command `pvelua cluster token create`.
struct ClusterTokenCreate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Set up a token with the least rights by the API, after a typed yes.",
        usage: "pvelua cluster token create [options]",
        discussion: """
            Works as the identity of --cluster, which must be allowed to make roles, users and tokens and to grant rights. \
            What exists already is left as it is. The secret goes into a file of mode 0600, the token is tried, and the \
            lines for the configuration are printed.


            """ + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions
    @OptionGroup var wish: TokenWishOptions

    @Option(
        name: .customLong("secret-file"),
        help: ArgumentHelp("Where the secret goes; default: beside the configuration.", valueName: "file"))
    var secretFile: String?

    @Flag(name: .customLong("show-secret"), help: "Print the secret too.")
    var showSecret = false

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        let plan = try wish.plan()
        let route = try ClusterRoute(
            name: try ClusterChoice.name(nil, options, context, configuration), configuration: configuration,
            context: context, logLevel: options.logLevel)
        guard route.name != Workplace.demo else {
            throw Failure(
                .usage, "the embedded cluster \"\(route.name)\" lasts as long as this command, and so would its token",
                hint: "`pvelua cluster token plan` shows the commands; --cluster names a real cluster")
        }
        let client = try route.client()
        let path = TokenFiles(locations: workplace.locations, context: context).secretPath(
            route.name, plan.identity, named: secretFile)
        var creation = TokenCreation(
            plan: plan, client: client, calls: NoCalls(), makeClient: route.tokenClient, secretFile: path)
        let steps = try await creation.remaining()
        let calls = try await ConsentedCalls(
            workplace, configuration, on: route.name, client, for: "cluster token create", yesTo: steps.map(\.call))
        creation.calls = calls
        try await AdministrativeConsent.live(context).require(
            "making the token \(plan.identity)", cluster: route.name, identity: route.identity,
            lines: steps.map(\.line) + ["the secret goes to \(path)"])
        let made = try await calls.carryOut("making the token") { [creation] () throws(Failure) in
            try await creation.run(steps)
        }
        let fields: [(String, JSONValue)] =
            [("token_id", .string(plan.identity.description)), ("secret_file", .string(path))]
            + (showSecret ? [("secret", .string(made.secret.plainText))] : [])
        try TokenReport(options: options).write(
            fields,
            "made and tried the token \(plan.identity); for the configuration:\n"
                + "auth: { token_id: \"\(plan.identity)\", token_secret: { file: \"\(path)\" } }",
            secret: showSecret ? made.secret : nil)
        return .done
    }
}

/// The command `pvelua cluster token rotate`.
struct ClusterTokenRotate: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a configured token a new secret, after a typed yes.",
        usage: "pvelua cluster token rotate [options] [NAME]",
        discussion: """
            Makes a second token with the same rights, stores its secret, tries it, puts it into the configuration and only \
            then removes the old one. Until then the old one works, whatever goes wrong.


            """ + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    @Argument(help: ArgumentHelp("The cluster whose token it is.", valueName: "name"), completion: Completions.clusters)
    var name: String?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp("A configured identity that makes the change; default: the token itself.", valueName: "name")
    )
    var with: String?

    @Flag(name: .customLong("show-secret"), help: "Print the secret too.")
    var showSecret = false

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        let cluster = try ClusterChoice.name(name, options, context, configuration)
        let route = try ClusterRoute(
            name: cluster, configuration: configuration, context: context, logLevel: options.logLevel)
        let files = TokenFiles(locations: workplace.locations, context: context)
        let oldPath = try files.configuredSecret(of: cluster, configuration)
        let sharers = configuration.clusters.map(\.name).filter { other in
            other != cluster && (try? files.configuredSecret(of: other, configuration)) == oldPath
        }
        guard sharers.isEmpty else {
            throw Failure(
                .config,
                "\(oldPath) holds the secret of \(sharers.joined(separator: ", ")) as well, which would lose it",
                hint: "give each cluster a token of its own: pvelua cluster token create")
        }
        var makers = route
        if let with {
            makers = try ClusterRoute(
                name: with, configuration: configuration, context: context, logLevel: options.logLevel)
        }
        let oldClient = try route.client()
        let client = with == nil ? oldClient : try makers.client()
        var rotation = TokenRotation(
            old: try TokenIdentity(id: route.identity), oldClient: oldClient, client: client,
            calls: NoCalls(), makeClient: route.tokenClient,
            files: files.rotation(cluster, oldPath: oldPath))
        let plan = try await rotation.plan()
        let calls = try await ConsentedCalls(
            workplace, configuration, on: cluster, client, for: "cluster token rotate", yesTo: plan.calls + [plan.undo])
        rotation.calls = calls
        try await AdministrativeConsent.live(context).require(
            "renewing the token \(route.identity)", cluster: cluster, identity: makers.identity,
            lines: plan.calls.map(\.plainText) + ["before the last call the configuration is changed to \(plan.new)"])
        let outcome = try await calls.carryOut("renewing the token") { [rotation] () throws(Failure) in
            try await rotation.run(plan)
        }
        for line in outcome.leftovers { writeError("warning: \(TextCleaner.clean(line))\n") }
        let fields: [(String, JSONValue)] =
            [("token_id", .string(outcome.new.description)), ("secret_file", .string(outcome.secretFile))]
            + (showSecret ? [("secret", .string(outcome.secret.plainText))] : [])
        try TokenReport(options: options).write(
            fields, "\(outcome.new) is in use now, its secret is in \(outcome.secretFile); \(route.identity) is gone",
            secret: showSecret ? outcome.secret : nil)
        return .done
    }
}

extension Secret {
    /// The secret as text, for the one person who asked to see it.
    fileprivate var plainText: String { reveal { String(decoding: $0, as: UTF8.self) } }
}

/// Writes what became of a token.
private struct TokenReport {
    let options: GlobalOptions

    func write(_ fields: [(String, JSONValue)], _ text: String, secret: Secret?) throws(Failure) {
        try options.format.write(
            json: .object(JSONObject(fields)),
            text: text + "\n" + (secret.map { "secret: \($0.plainText)\n" } ?? ""))
    }
}
