// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import EmbeddedAssets
internal import Glibc
internal import JSON
internal import Model
internal import Policy
internal import Runbook

/// The command `pvelua config …`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Make, check and find the configuration.",
        subcommands: [ConfigInit.self, ConfigCheck.self, ConfigPath.self])
}

/// The command `pvelua config init`.
struct ConfigInit: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write an example configuration, unless there is one.",
        usage: "pvelua config init [options]",
        discussion: ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let path = Workplace(context: context, options: options).locations.config
        if access(path, F_OK) == 0 {
            writeError("\(path) is there already and stays as it is\n")
            return try told(path, isWritten: false)
        }
        let example = embedded_config_example()
        try FileContent.create(path, Array(UnsafeBufferPointer(start: example.bytes, count: example.count)))
        writeError("wrote \(path): put your hosts and token in, then run `pvelua config check`\n")
        return try told(path, isWritten: true)
    }

    private func told(_ path: String, isWritten: Bool) throws(Failure) -> ExitStatus {
        try options.format.write(json: ["path": .string(path), "written": .bool(isWritten)], text: "")
        return .done
    }
}

/// The command `pvelua config check`.
struct ConfigCheck: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read configuration, secrets and policy, and say what is wrong.",
        usage: "pvelua config check [options]",
        discussion: ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        if let name = configuration.defaultCluster, configuration.cluster(named: name) == nil, name != Workplace.demo {
            throw Failure(
                .config, "\(workplace.locations.config): default_cluster \"\(name)\" is not among the clusters")
        }
        for cluster in configuration.clusters {
            _ = try ClusterRoute(cluster, context, .error).client()
        }
        let lines = LineChannel(format: options.format, style: context.outputStyle, isShown: false)
        _ = try AlertRoutes(context: context, lines: lines).make(configuration.monitor.channels)
        _ = try workplace.policy(configuration)
        let count = configuration.clusters.count
        let names = configuration.clusters.map { JSONValue.string($0.name) }
        try options.format.write(
            json: .object(JSONObject([("ok", true), ("clusters", .array(names))])),
            text: "configuration and policy are sound: \(count) cluster\(count == 1 ? "" : "s")\n")
        return .done
    }
}

/// The command `pvelua config path`.
struct ConfigPath: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "Print where the configuration is looked for.",
        usage: "pvelua config path [options]",
        discussion: ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let path = Workplace(context: context, options: options).locations.config
        try options.format.write(json: .object(JSONObject([("path", .string(path))])), text: path + "\n")
        return .done
    }
}
