// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model
internal import Terminal

/// The command `pvelua runs show ID`.
struct RunsShow: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run: where it came from, and each of its changes.",
        usage: "pvelua runs show [options] ID",
        discussion: ExitStatus.help)

    @Argument(help: "The run's id, the beginning of it, or latest.")
    var id: String

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let (_, finder) = try RunFinder.needed(of: Workplace(context: context, options: options))
        _ = try await finder.id(id)
        return .done
    }
}
