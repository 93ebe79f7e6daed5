// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Model
internal import Runbook
internal import Schema
internal import Terminal

/// The command `pvelua repl`.
struct ReplCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Explore a cluster, line by line.",
        usage: "pvelua repl [options]",
        discussion: "Tab completes, :help explains, :quit or Ctrl-D ends.\n\n" + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        var environment = try workplace.environment(moduleFolder: nil)
        environment.settings.isInteractive = true
        let history = workplace.locations.history
        try PrivateStorage.makeFolder(PrivateStorage.folder(of: history))
        let kept = KeptSchema(store: workplace.schemas, cluster: environment.clusterName)
        let editor = LineEditor(environment: context.environment, history: history) {
            [clusters = environment.clusters.names] line, cursor in
            ReplCompletion.candidates(line, cursor: cursor, clusters: clusters) { kept.schema }
        }
        return try await Repl(context: context, options: options, environment: environment, input: ReplInput(editor))
            .run()
    }
}

/// The kept schema for completion, read when the first path is completed; which version it is of does not matter there.
private final class KeptSchema {
    private let store: SchemaStore
    private let cluster: String

    init(store: SchemaStore, cluster: String) {
        self.store = store
        self.cluster = cluster
    }

    /// The newest schema of the cluster, or nil.
    private(set) lazy var schema: APISchema? = store.newest(of: cluster)
}
