// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Schema
internal import Terminal
internal import Text

/// The command `pvelua cluster schema …`.
struct ClusterSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Fetch and read the cluster's own description of its API.",
        discussion: "Where it is kept, pve.api calls are checked against it before anything is sent.",
        subcommands: [ClusterSchemaSync.self, ClusterSchemaShow.self])
}

/// The command `pvelua cluster schema sync`.
struct ClusterSchemaSync: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Fetch the API schema of the cluster and keep it for its version.",
        usage: "pvelua cluster schema sync [options]",
        discussion: ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let environment = try workplace.environment(moduleFolder: nil)
        let file = try await environment.client.schemaFile()
        let schema = try APISchema(script: file.script, cluster: environment.clusterName, version: file.version)
        let place = try workplace.schemas.save(schema)
        let count = schema.methodCount
        let object = JSONObject([
            ("cluster", .string(schema.cluster)), ("version", .string(schema.version)),
            ("paths", JSONValue(schema.paths.count)), ("methods", JSONValue(count)), ("file", .string(place)),
        ])
        let version = TextCleaner.clean(schema.version)
        try options.format.write(
            json: .object(object), text: "\(schema.cluster) \(version): \(count) methods, kept in \(place)\n")
        return .done
    }
}

/// The command `pvelua cluster schema show [PATH]`.
struct ClusterSchemaShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a path of the API takes, by the kept schema.",
        usage: "pvelua cluster schema show [options] [PATH]",
        discussion:
            "The path is written as in a call or as in the schema: /nodes/pve1/qemu/101/config, /nodes/{node}/qemu.\n\n"
            + ExitStatus.help)

    @Argument(help: "The path; without one, the top.")
    var path: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let environment = try workplace.environment(moduleFolder: nil)
        let schema = try await schema(workplace, environment)
        let segments = (path ?? "/").split(separator: "/").map(String.init)
        guard let children = schema.children(path: segments) else {
            try schema.check(method: "GET", path: segments, parameters: [])
            throw Failure(.notFound, "the API has no \(path ?? "/")")
        }
        let page = SchemaPage(schema: schema, path: segments, children: children)
        guard options.format == .text else {
            try options.format.write(json: page.json, text: "")
            return .done
        }
        page.print(on: environment.output)
        if environment.output.hasLostOutput { throw .lostOutput }
        return .done
    }

    /// The schema of the cluster's version, or else the newest there is, with a word that it is another's.
    private func schema(_ workplace: Workplace, _ environment: RunEnvironment) async throws(Failure) -> APISchema {
        let cluster = environment.clusterName
        let store = workplace.schemas
        guard !store.versions(of: cluster).isEmpty else {
            throw Failure(
                .config, "no API schema of \(cluster) is kept",
                hint: "fetch it: pvelua --cluster \(cluster) cluster schema sync")
        }
        var version: String?
        do throws(Failure) {
            version = try await environment.client.version()
        } catch {
            environment.output.log(.warning, "the cluster does not tell its version: \(error.message)")
        }
        if let version, let schema = try store.load(cluster, version) { return schema }
        guard let schema = store.newest(of: cluster) else {
            throw Failure(
                .config, "the kept API schema of \(cluster) cannot be read", hint: "pvelua cluster schema sync")
        }
        let now = version.map { "the cluster runs \($0)" } ?? "what the cluster runs is not known"
        environment.output.log(
            .warning,
            "this is the schema of version \(schema.version), and \(now); fetch it anew: pvelua cluster schema sync")
        return schema
    }
}
