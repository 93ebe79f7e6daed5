// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The command `pvelua runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "What ran, and going on with what was interrupted.",
        usage: "pvelua runs COMMAND …", subcommands: [RunsResume.self])
}
