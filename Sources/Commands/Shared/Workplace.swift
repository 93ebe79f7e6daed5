// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Runbook
internal import Secrets
internal import Templates
internal import Terminal

/// Makes the world of a run out of options, files and environment variables.
struct Workplace {
    let context: CommandContext
    let options: GlobalOptions

    /// The name of the embedded cluster, which always exists.
    static let demo = "demo"

    var locations: Locations {
        Locations(environment: context.environment, home: context.home, config: options.config)
    }

    /// The configuration; an empty one where there is no file.
    func configuration() throws(Failure) -> ConfigurationFile {
        try ConfigurationFile.load(environment: context.environment, home: context.home, config: options.config)
            ?? .none
    }

    /// The world of a run on the chosen cluster.
    func environment(moduleFolder: String?) throws(Failure) -> RunEnvironment {
        let configuration = try configuration()
        let name = try chosenCluster(configuration)
        let route = try ClusterRoute(
            name: name, configuration: configuration, context: context, logLevel: options.logLevel)
        return try environment(
            on: name, try route.client(), taskTimeout: route.taskTimeout, configuration, moduleFolder: moduleFolder)
    }

    /// The world of a run on a cluster whose client is there already.
    func environment(
        on name: String, _ client: ProxmoxClient, taskTimeout: Duration, _ configuration: ConfigurationFile,
        moduleFolder: String? = nil
    ) throws(Failure) -> RunEnvironment {
        let output = ConsoleOutput(context, options: options)
        var settings = RunSettings(version: PveluaVersion.text)
        settings.taskTimeout = taskTimeout
        settings.snapshotNaming = configuration.snapshots
        settings.seed = Int64.random(in: 0...Int64.max)
        settings.assumesYes = options.yes
        settings.clusterIsPassing = configuration.isEmbedded(name)
        settings.parameters = try parameters()
        let journal = journal(configuration)
        var policy = try policy(configuration)
        if options.readOnly { policy = policy.bounded(by: try .readOnly()) }
        settings.limits = try LimitOptions.apply(
            options.limit, to: try LimitOptions.apply(policy.limits.script, to: settings.limits))
        var environment = RunEnvironment(
            clusterName: name, client: client, policy: policy,
            openJournal: { () throws(Failure) in try journal.open() },
            consent: consent(), caller: Caller.detected(environment: context.environment), output: output,
            modules: ModuleFinder(folder: moduleFolder), clock: client.clock, now: WallTime.seconds,
            settings: settings,
            makeID: RunID.fresh)
        environment.account = context.identity
        environment.secrets = context.secrets
        environment.logins = context.logins
        environment.signAudit = auditSigner(configuration.audit)?.hook
        environment.clusters = clusters(configuration, own: name, policy, output)
        environment.schema = schema(of: name, client, output)
        let templates = locations.templates
        environment.templates = TemplateShelf { () throws(Failure) in try TemplateFiles.load(templates) }
        return environment
    }

    /// The clusters that a script may name; opening one may run a program for its secret, so it has a thread of its own.
    private func clusters(
        _ configuration: ConfigurationFile, own: String, _ policy: PolicySet, _ output: any RunOutput
    ) -> ClusterDirectory {
        let (context, logLevel, workplace) = (context, options.logLevel, self)
        let isTrial = configuration.isEmbedded(own)
        return ClusterDirectory(names: configuration.allClusters) { (name) throws(Failure) in
            let opened = await BlockingWork.run { () -> Result<OpenedCluster, Failure> in
                do throws(Failure) {
                    let route = try ClusterRoute(
                        name: name, configuration: configuration, context: context, logLevel: logLevel)
                    let client = try route.client()
                    return .success(
                        OpenedCluster(
                            client: client, policy: isTrial ? policy.bounded(by: try .trial()) : policy,
                            taskTimeout: route.taskTimeout,
                            schema: workplace.schema(of: name, client, output)))
                } catch {
                    return .failure(error)
                }
            }
            return try opened.get()
        }
    }

    /// The way to the schema that is kept of a cluster, for the version that it runs now.
    private func schema(
        of name: String, _ client: ProxmoxClient, _ output: any RunOutput
    ) -> SchemaProvider {
        SchemaProvider { [schemas] in await schemas.exact(for: name, client, output) }
    }

    /// Where fetched schemas are kept.
    var schemas: SchemaStore { SchemaStore(folder: locations.schemas) }

    /// `--cluster`, `PVELUA_CLUSTER`, the configured default, or the embedded one, which is said aloud.
    func chosenCluster(_ configuration: ConfigurationFile) throws(Failure) -> String {
        let (name, isNamed) = try ClusterChoice.choose(nil, options, context, configuration)
        if !isNamed, !options.quiet, configuration.clusters.isEmpty, configuration.defaultCluster == nil {
            writeError("no cluster is configured: working on the embedded cluster \"\(Self.demo)\"\n")
        }
        return name
    }

    /// The user's policy or the shipped one, under the machine's ceiling.
    func policy(_ configuration: ConfigurationFile) throws(Failure) -> PolicySet {
        try policyInForce(configuration).policy
    }

    /// The same with the texts it stands in.
    ///
    /// - Parameter file: A file that is read in place of the user's own.
    func policyInForce(_ configuration: ConfigurationFile, file: String? = nil) throws(Failure) -> PolicyInForce {
        let result = try policyAsRead(configuration, file: file)
        _ = try LimitOptions.apply(result.policy.limits.script, to: WorkerLimits())
        return result
    }

    private func policyAsRead(_ configuration: ConfigurationFile, file: String?) throws(Failure) -> PolicyInForce {
        let clusters = ClusterVocabulary.among(configuration.allClusters)
        let ceiling = try PolicyFiles.load(locations.ceiling, trust: .root, clusters: .refused)
        if let file {
            let text = try PolicyFiles.named(file)
            let policy = try PolicySet.load(yaml: text, file: file, clusters: clusters)
            return PolicyInForce(own: PolicySource(place: file, text: text, policy: policy), ceiling: ceiling)
        }
        if let users = try PolicyFiles.load(locations.policy, trust: .own, clusters: clusters) {
            return PolicyInForce(own: users, ceiling: ceiling)
        }
        let shipped = PolicySource(place: "shipped with pvelua", text: PolicySet.shippedText, policy: try .shipped())
        return PolicyInForce(own: shipped, ceiling: ceiling)
    }

    /// The SHA-256 of the policy in force.
    func policyFingerprint() throws(Failure) -> String { try policyInForce(try configuration()).policy.fingerprint }

    private func consent() -> any ConsentGiver {
        TerminalConsent(terminal: ControllingTerminal(), style: context.promptStyle, makeCode: TypedYes.code)
    }

    func parameters() throws(Failure) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for text in options.parameters {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.usage, "--param \(text) is no parameter", hint: "it looks like --param tag=web")
            }
            guard !result.contains(where: { $0.name == parts[0] }) else {
                throw Failure(.usage, "--param \(parts[0]) is given twice")
            }
            if Redaction.isSecret(parts[0]) { context.secrets.register(parts[1]) }
            result.append((parts[0], parts[1]))
        }
        return result
    }
}

extension PolicySet {
    /// What holds besides with `--read-only`.
    fileprivate static func readOnly() throws(Failure) -> PolicySet {
        try load(
            yaml: """
                version: 1
                rules:
                  - { id: read-only, actions: ["*"], except: ["read.*"], effect: deny,
                      reason: "only looking; what it would change, and how that is let through: pvelua plan FILE" }
                """, file: "the rule of --read-only")
    }

    /// What else holds for the other clusters of a run on the embedded one: a script that is being tried out there changes
    /// nothing elsewhere unasked.
    fileprivate static func trial() throws(Failure) -> PolicySet {
        try load(
            yaml: """
                version: 1
                rules:
                  - { id: started-on-demo, actions: ["*"], except: ["read.*"], effect: confirm }
                """, file: "the rule for runs on demo")
    }
}

extension ConfigurationFile {
    /// The names of all clusters there are, the embedded one among them.
    var allClusters: [String] {
        let names = clusters.map(\.name)
        return names.contains(Workplace.demo) ? names : names + [Workplace.demo]
    }

    /// Whether the embedded cluster is there, and not one that was given its name.
    var hasEmbedded: Bool { isEmbedded(Workplace.demo) }

    /// Whether the cluster of that name is the embedded one.
    func isEmbedded(_ name: String) -> Bool { name == Workplace.demo && cluster(named: name) == nil }

    /// The cluster that is meant where none is named: the configured default, the only one there is, or the embedded one where
    /// there is none; nil where several are configured and none is chosen.
    var usualCluster: String? {
        if let defaultCluster { return defaultCluster }
        return clusters.count > 1 ? nil : clusters.first?.name ?? Workplace.demo
    }
}
