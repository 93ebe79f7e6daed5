// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import JSON
internal import Model
internal import Proxmox

/// The command `pvelua cluster doctor`.
struct ClusterDoctor: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything between this machine and a cluster; changes nothing there.",
        usage: "pvelua cluster doctor [options] [NAME]",
        discussion: """
            Configuration, worker and journal; every configured host at once: connection, certificate, clock, answer; who \
            pvelua is there; version, quorum, nodes; and which operations its privileges allow, and where.

            The exit status is 0 where there are warnings at most, else that of the first problem: 2 configuration, journal \
            or clock, 3 authentication, 4 no connection or a wrong certificate, 5 no quorum or no rights.


            """ + ExitStatus.help)

    @OptionGroup(title: "Common options") var options: GlobalOptions

    @Argument(
        help: ArgumentHelp("The cluster; default: the one that other commands work on.", valueName: "name"),
        completion: Completions.clusters)
    var name: String?

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let report = try await report(context)
        let width = context.isTerminal.output ? windowWidth(1) : nil
        let rendering = DoctorRendering(style: context.outputStyle, width: width)
        try options.format.write(json: report.json, text: rendering.text(report))
        return report.status
    }

    private func report(_ context: CommandContext) async throws(Failure) -> DoctorReport {
        let workplace = Workplace(context: context, options: options)
        let local = LocalDoctor(locations: workplace.locations, worker: context.worker)
        let configuration: ConfigurationFile
        do throws(Failure) {
            configuration = try workplace.configuration()
        } catch {
            // Without hosts there is nothing beyond this machine to look at.
            let checks = local.checks(hasConfiguration: true)
            return DoctorReport(
                cluster: name ?? "?", identity: nil,
                checks: [.problem("configuration", error)] + checks.filter { $0.topic != "configuration" })
        }
        let chosen = try ClusterChoice.name(name, options, context, configuration)
        let route = try ClusterRoute(
            name: chosen, configuration: configuration, context: context, logLevel: options.logLevel)
        let hasFile = access(workplace.locations.config, F_OK) == 0
        return await DoctorVisit(route: route, now: WallTime.seconds)
            .report(after: local.checks(hasConfiguration: hasFile))
    }

}
