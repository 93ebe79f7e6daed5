// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The command `pvelua runs …`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Look at what ran, go on with it, or end it.",
        usage: "pvelua runs COMMAND …",
        subcommands: [RunsList.self, RunsShow.self, RunsResume.self, RunsCancel.self, RunsResolve.self])
}
