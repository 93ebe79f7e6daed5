// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model

/// Which cluster a command about one is about.
enum ClusterChoice {
    /// The name given, or else the usual choice.
    static func name(
        _ argument: String?, _ options: GlobalOptions, _ context: CommandContext, _ configuration: ConfigurationFile
    ) throws(Failure) -> String {
        try choose(argument, options, context, configuration).name
    }

    /// The name of the argument, of `--cluster` or of `PVELUA_CLUSTER`, or else the usual choice; and whether it was named.
    static func choose(
        _ argument: String?, _ options: GlobalOptions, _ context: CommandContext, _ configuration: ConfigurationFile
    ) throws(Failure) -> (name: String, isNamed: Bool) {
        let named = [argument, options.cluster, context.environment["PVELUA_CLUSTER"]]
        if let name = named.compactMap({ $0 }).first(where: { !$0.isEmpty }) { return (name, true) }
        guard let usual = configuration.usualCluster else {
            throw Failure(
                .config, "several clusters are configured and none is chosen",
                hint: "name one, pass --cluster NAME or set default_cluster: "
                    + configuration.clusters.map(\.name).joined(separator: ", "))
        }
        return (usual, false)
    }
}
