// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// The command `pvelua cluster pin`.
struct ClusterPin: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Look at the certificates of a cluster's hosts and accept new ones.",
        usage: "pvelua cluster pin [options] [NAME]",
        discussion: """
            Shows which are known, new or changed, asks, and puts the accepted ones into the configuration. Sends nothing \
            but TLS handshakes to a host whose certificate is not known. Naming the cluster's authority as ca_file is \
            better: copy /etc/pve/pve-root-ca.pem from a node, and certificates may be renewed without anybody noticing.


            """ + ExitStatus.help)

    @Argument(help: "The cluster, by its name in the configuration.", completion: Completions.clusters)
    var name: String?
    @Option(
        name: .customLong("host"), help: "Look at this host instead of the configured ones; may be given several times."
    )
    var hosts: [String] = []
    @Option(
        name: .customLong("fingerprint"),
        help: ArgumentHelp("Accept the certificate of this SHA-256 without asking.", valueName: "AA:BB:…"))
    var fingerprints: [String] = []
    @Flag(help: "Drop fingerprints that no host shows any more; all hosts must be up.")
    var prune = false
    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        let name = try ClusterChoice.name(name, options, context, configuration)
        guard let cluster = configuration.cluster(named: name) else {
            guard name == Workplace.demo else {
                throw ClusterDirectory.unknown(name, among: configuration.allClusters)
            }
            throw Failure(.usage, "the embedded cluster has no certificates")
        }
        guard !cluster.isLocal else {
            throw Failure(.usage, "\(name) is reached by pvesh on this node and needs no certificates")
        }
        guard hosts.isEmpty || !prune else {
            throw Failure(.usage, "--prune looks at all hosts: leave --host out")
        }
        var endpoints: [HTTPEndpoint] = []
        for text in hosts.isEmpty ? cluster.hosts.map(\.description) : hosts {
            guard let endpoint = HTTPEndpoint(text) else { throw Failure(.usage, "--host \(text) is no host") }
            endpoints.append(endpoint)
        }
        let pinning = Pinning(
            cluster: cluster, endpoints: endpoints, accepted: try ClusterAdd.pins(fingerprints), prunes: prune,
            context: context, path: workplace.locations.config, logLevel: options.logLevel)
        let (format, quiet) = (options.format, options.quiet)
        return try await Interruptible.run { () throws(Failure) in
            let survey = await pinning.survey()
            try format.write(json: survey.json, text: survey.text(style: context.outputStyle))
            let words = try await pinning.accept(survey)
            if !quiet { writeError(TextCleaner.clean(words) + "\n") }
            return .done
        }
    }
}

/// What was seen of a cluster's certificates.
struct PinSurvey: Sendable {
    /// How a certificate stands to the configuration.
    enum Standing: String, Sendable {
        case known, new, changed, unreachable
    }

    /// One host, or one node by the cluster's own list.
    struct Row: Sendable {
        var host: String
        var standing: Standing
        var fingerprint: Fingerprint?
        var certificate: ServerCertificate?
        /// Who says so: the host itself, or the cluster over a connection that is trusted already.
        var source: String
        var trouble: Failure?
    }

    var rows: [Row] = []
    /// Pins that no host showed.
    var unseen: [Fingerprint] = []

    var json: JSONValue {
        let rows = rows.map { row -> JSONValue in
            var object = JSONObject([
                ("host", .string(row.host)), ("state", .string(row.standing.rawValue)), ("source", .string(row.source)),
            ])
            if let pin = row.fingerprint { object["fingerprint"] = .string(pin.description) }
            if let certificate = row.certificate {
                object["subject"] = .string(certificate.subject)
                object["issuer"] = .string(certificate.issuer)
                object["valid_from"] = .string(CertificateText.day(certificate.validity.lowerBound))
                object["valid_to"] = .string(CertificateText.day(certificate.validity.upperBound))
            }
            if let trouble = row.trouble { object["error"] = trouble.json }
            return .object(object)
        }
        let unseen = unseen.map { JSONValue.string($0.description) }
        return .object(JSONObject([("hosts", .array(rows)), ("unseen", .array(unseen))]))
    }

    func text(style: Style) -> String {
        var blocks: [String] = []
        for row in rows {
            let title = "\(row.host)  \(row.standing.rawValue)" + (row.source == "host" ? "" : "  (\(row.source))")
            var lines = [style.bold(TextCleaner.clean(title))]
            if let trouble = row.trouble { lines.append("  " + TextCleaner.clean(trouble.message)) }
            if row.standing == .changed {
                lines += unseen.map { "  old        \($0)" }
            }
            if let certificate = row.certificate {
                let more = CertificateText.lines(certificate, of: row.host).dropFirst()
                lines += row.standing == .known ? more.suffix(2) : more
            } else if let pin = row.fingerprint {
                lines.append("  SHA-256    \(pin)")
            }
            blocks.append(lines.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n") + "\n"
    }
}
