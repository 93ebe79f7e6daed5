// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Journal
internal import Model
internal import Secrets
internal import Simulator
internal import Twin

/// The command `pvelua cluster capture [NAME]`.
struct ClusterCapture: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Print a cluster as YAML, for tests on a simulated one that is like it.",
        usage: "pvelua cluster capture [options] [NAME]",
        discussion: """
            Only reads. Passwords, keys and tokens are left out, as are users; so are
            descriptions and notes, unless they are asked for.


            """ + ExitStatus.help)

    @Argument(help: "The cluster; without one, that of --cluster.", completion: Completions.clusters)
    var name: String?

    @Flag(name: .customLong("with-descriptions"), help: "Keep descriptions, comments and notes, whatever is in them.")
    var withDescriptions = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        let chosen = try ClusterChoice.choose(name, options, context, configuration).name
        let route = try ClusterRoute(
            name: chosen, configuration: configuration, context: context, logLevel: options.logLevel)
        let capture = LiveCapture(of: try route.client(), at: WallTime.seconds().rounded())
        let seed = try await capture.seed().withoutSecrets(keepingDescriptions: withDescriptions)
        let notes = [
            "Cluster \(chosen) as it was at \(UTCTime.text(seed.time ?? 0)): pvelua cluster capture",
            "Secrets, users and access rules are left out" + (withDescriptions ? "." : ", descriptions and notes too."),
        ]
        let text = context.secrets.scrub(seed.yaml(notes: notes))
        for gap in capture.gaps { workplace.warn("not captured: \(gap)") }
        try options.format.write(
            json: .object(
                JSONObject([
                    ("yaml", .string(text)), ("gaps", .array(capture.gaps.map { .string(context.secrets.scrub($0)) })),
                ])), text: text)
        return .done
    }
}

extension ClusterSeed {
    /// The same without what is secret by its name, and without users and access rules.
    func withoutSecrets(keepingDescriptions: Bool) -> ClusterSeed {
        var result = self
        result.users = []
        result.grants = []
        for index in result.guests.indices {
            result.guests[index].config.removeSecrets(keepingDescriptions)
            for snapshot in result.guests[index].snapshots.indices {
                result.guests[index].snapshots[snapshot].config.removeSecrets(keepingDescriptions)
                if !keepingDescriptions { result.guests[index].snapshots[snapshot].description = "" }
            }
        }
        guard !keepingDescriptions else { return result }
        for index in result.volumes.indices { result.volumes[index].notes = nil }
        for index in result.pools.indices { result.pools[index].comment = nil }
        return result
    }
}

extension GuestConfig {
    fileprivate mutating func removeSecrets(_ keepsDescriptions: Bool) {
        for entry in entries {
            if Redaction.isSecret(entry.key) || (entry.key == "description" && !keepsDescriptions) {
                self[entry.key] = nil
            } else {
                self[entry.key] = Redaction.redacted(entry.value)
            }
        }
    }
}
