// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Runbook

/// The command `pvelua cluster …`.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract:
            "Look at the configured clusters, add one, sign in, accept certificates, see what is wrong, make tokens.",
        subcommands: [
            ClusterList.self, ClusterAdd.self, ClusterLogin.self, ClusterPin.self, ClusterDoctor.self,
            ClusterCapture.self, ClusterToken.self, ClusterSchema.self,
        ])
}

/// The command `pvelua cluster list`.
struct ClusterList: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the clusters of the configuration; asks none of them anything.",
        usage: "pvelua cluster list [options]",
        discussion: ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let configuration = try Workplace(context: context, options: options).configuration()
        let records = rows(configuration)
        let output = ConsoleOutput(context, options: options)
        try options.format.write(
            json: .array(records), text: output.rendered(RunTable(records: records, columns: Self.columns)))
        return .done
    }

    private static let columns = ["name", "default", "hosts", "identity", "trust"]

    private func rows(_ configuration: ConfigurationFile) -> [JSONValue] {
        var rows = configuration.clusters.map { cluster in
            row(
                cluster.name, isDefault: cluster.name == configuration.usualCluster,
                hosts: cluster.isLocal ? ["local"] : cluster.hosts.map(\.description), identity: cluster.auth.identity,
                trust: cluster.isLocal ? "none needed" : trust(cluster.tls))
        }
        if configuration.hasEmbedded {
            rows.append(
                row(
                    Workplace.demo, isDefault: configuration.usualCluster == Workplace.demo,
                    hosts: ["in process"], identity: "root@pam!demo", trust: "none needed"))
        }
        return rows
    }

    private func row(_ name: String, isDefault: Bool, hosts: [String], identity: String, trust: String) -> JSONValue {
        .object(
            JSONObject([
                ("name", .string(name)), ("default", .bool(isDefault)), ("hosts", .array(hosts.map(JSONValue.string))),
                ("identity", .string(identity)), ("trust", .string(trust)),
            ]))
    }

    private func trust(_ tls: TLSConfiguration) -> String {
        let count = tls.fingerprints.count
        let pins = count == 0 ? nil : count == 1 ? "1 fingerprint" : "\(count) fingerprints"
        return [tls.caFile, pins].compactMap { $0 }.joined(separator: " and ").ifEmpty("system authorities")
    }
}

extension ClusterConfiguration {
    /// Whether it is reached on the node itself.
    var isLocal: Bool {
        if case .local = auth { true } else { false }
    }
}

extension String {
    fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
