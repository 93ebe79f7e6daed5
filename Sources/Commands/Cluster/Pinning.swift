// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal

/// Compares the certificates of a cluster with the configuration, and puts the accepted ones there.
struct Pinning: Sendable {
    let cluster: ClusterConfiguration
    let endpoints: [HTTPEndpoint]
    /// Accepted beforehand, on the command line.
    let accepted: [Fingerprint]
    let prunes: Bool
    let context: CommandContext
    let path: String
    let logLevel: LogLevel
    let terminal = ControllingTerminal()

    private var pins: [Fingerprint] { cluster.tls.fingerprints.compactMap { Fingerprint($0) } }

    /// Looks at every host and, where one of them is trusted already, at the cluster's own list of nodes.
    func survey() async -> PinSurvey {
        var survey = PinSurvey()
        for endpoint in endpoints {
            var row = PinSurvey.Row(host: endpoint.description, standing: .unreachable, source: "host")
            do throws(Failure) {
                let certificate = try await CertificateProbe.look(
                    at: endpoint, timeout: .seconds(cluster.timeouts.connect))
                row.certificate = certificate
                row.fingerprint = certificate.fingerprint
                row.standing = pins.contains(certificate.fingerprint) ? .known : .new
            } catch {
                row.trouble = error
            }
            survey.rows.append(row)
        }
        survey.rows += await nodes(beside: survey.rows)
        let seen = survey.rows.compactMap(\.fingerprint)
        survey.unseen = pins.filter { !seen.contains($0) }
        if !survey.unseen.isEmpty {
            for index in survey.rows.indices where survey.rows[index].standing == .new {
                survey.rows[index].standing = .changed
            }
        }
        return survey
    }

    /// The nodes whose certificates no configured host showed, as the cluster lists them over a trusted connection.
    private func nodes(beside rows: [PinSurvey.Row]) async -> [PinSurvey.Row] {
        let seen = rows.compactMap(\.fingerprint)
        // One host with a strange certificate must not stand between the others and the question.
        let known = zip(endpoints, rows).filter { $0.1.standing == .known }
        let addresses =
            cluster.tls.caFile != nil
            ? cluster.hosts : known.map { HostAddress(host: $0.0.host, port: $0.0.port) }
        // Looking at certificates shall not end in a question for a password.
        let nobody = ControllingTerminal(path: "")
        var trusted = cluster
        trusted.hosts = addresses
        guard !addresses.isEmpty,
            let client = try? ClusterRoute(trusted, context, logLevel, terminal: nobody).client(),
            let call = try? APICall.get("nodes"), let answer = try? await client.send(call)
        else { return [] }
        var rows: [PinSurvey.Row] = []
        for node in answer.data.array ?? [] {
            guard let name = node["node"]?.perlText, let text = node["ssl_fingerprint"]?.perlText,
                let pin = Fingerprint(text), !seen.contains(pin)
            else { continue }
            rows.append(
                PinSurvey.Row(
                    host: "node \(name)", standing: pins.contains(pin) ? .known : .new, fingerprint: pin,
                    source: "as the cluster lists it"))
        }
        return rows
    }

    /// Asks about what is new, and writes it; says what was done.
    ///
    /// - Throws: ``Failure`` of kind `confirmation_required` where nobody said yes, `connection` where no host was reached.
    func accept(_ survey: PinSurvey) async throws(Failure) -> String {
        let reached = survey.rows.filter { $0.fingerprint != nil }
        guard !reached.isEmpty else {
            throw survey.rows.compactMap(\.trouble).first ?? Failure(.connection, "no host could be reached")
        }
        let fresh = reached.filter { $0.standing != .known }.compactMap(\.fingerprint)
        if let file = cluster.tls.caFile, pins.isEmpty {
            return
                "\(cluster.name) goes by its authority, \(file), whatever certificate a host shows that it vouches for: "
                + "there is nothing to pin"
        }
        let stale = try stale(survey)
        guard !fresh.isEmpty || !stale.isEmpty else { return "all certificates are known: nothing to do" }
        let isAnswered = !accepted.isEmpty
        if isAnswered, let other = fresh.first(where: { !accepted.contains($0) }) {
            throw Failure(
                .tls, "a certificate is not among those to accept: \(other)",
                hint: "nothing was changed; name it with a further --fingerprint if it is the right one")
        }
        if !fresh.isEmpty, !isAnswered {
            writeError("Compare with the node's own: pvenode cert info, or Node > System > Certificates.\n")
            writeError("Better than pins: ca_file with the cluster's /etc/pve/pve-root-ca.pem.\n")
            let what = fresh.count == 1 ? "this certificate" : "these \(fresh.count) certificates"
            try await TypedYes.demand(
                "accept \(what) for \(cluster.name): type yes to go on, anything else to stop: ",
                for: "accepting \(what)", else: "nothing was changed", at: terminal,
                hint: "pass \(fresh.map { "--fingerprint \($0)" }.joined(separator: " ")) if they are the right ones")
        }
        try write(pins.filter { !stale.contains($0) } + fresh)
        let dropped = stale.isEmpty ? "" : ", \(stale.count) dropped"
        return "\(fresh.count) accepted\(dropped) for \(cluster.name) in \(path)"
    }

    private func stale(_ survey: PinSurvey) throws(Failure) -> [Fingerprint] {
        guard prunes, !survey.unseen.isEmpty else { return [] }
        if let row = survey.rows.first(where: { $0.standing == .unreachable }) {
            throw Failure(
                .connection, "nothing is dropped while a host cannot be looked at: \(row.host)",
                hint: "its certificate may be one of those that were not seen")
        }
        return survey.unseen
    }

    private func write(_ wanted: [Fingerprint]) throws(Failure) {
        guard let bytes = try FileContent.read(path, most: 1 << 20) else {
            throw Failure(.config, "\(path): there is no such file")
        }
        var editor = ConfigurationEditor(
            text: try FileContent.text(bytes, of: path), file: path, home: context.home)
        try editor.setFingerprints(wanted.map(\.description), of: cluster.name)
        try FileContent.replace(path, with: Array(editor.text.utf8), expected: bytes)
    }
}
