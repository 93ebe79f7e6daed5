// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import JSON
internal import Model
internal import Proxmox
internal import Text
internal import Terminal

/// Which cluster a command about one is about.
enum ClusterChoice {
    /// The name given, or else the usual choice.
    static func name(
        _ argument: String?, _ options: GlobalOptions, _ context: CommandContext, _ configuration: ConfigurationFile
    ) throws(Failure) -> String {
        let named = [argument, options.cluster, context.environment["PVELUA_CLUSTER"]]
        if let name = named.compactMap({ $0 }).first(where: { !$0.isEmpty }) { return name }
        guard let usual = configuration.usualCluster else {
            throw Failure(
                .usage, "several clusters are configured and none is chosen",
                hint: "name one: " + configuration.clusters.map(\.name).joined(separator: ", "))
        }
        return usual
    }
}

/// Work that Ctrl-C ends in an orderly way: questions are taken back, and the terminal is left as it was.
enum Interruptible {
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let task = Swift.Task { () -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
        }
        let result = await InterruptWatch().during {
            await task.value
        } onInterrupt: {
            task.cancel()
        }
        if case .failure = result, task.isCancelled { throw Failure(.cancelled, "interrupted") }
        return try result.get()
    }
}

/// A certificate as lines that a person can compare.
enum CertificateText {
    static func lines(_ certificate: ServerCertificate, of host: String) -> [String] {
        let issuer = certificate.isSelfSigned ? "itself" : certificate.issuer
        return [
            "\(host) shows this certificate:", "  subject    \(certificate.subject)",
            "  names      \(certificate.names)",
            "  issued by  \(issuer)",
            "  valid      \(day(certificate.validity.lowerBound)) to \(day(certificate.validity.upperBound))",
            "  SHA-256    \(certificate.fingerprint)",
        ].map { TextCleaner.clean($0) }
    }

    /// `2026-11-22`, in UTC.
    static func day(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return "?" }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}

/// Asks for a typed yes at the terminal, wherever standard input and output point.
enum TypedYes {
    /// Returns where it was given.
    ///
    /// - Throws: ``Failure`` of kind `confirmation_required` for anything else, and where there is nobody to ask.
    static func demand(
        _ question: String, at terminal: ControllingTerminal, hint: String
    ) async throws(Failure) {
        guard terminal.isPresent else {
            throw Failure(.confirmationRequired, "there is nobody to ask: no terminal", hint: hint)
        }
        let answer = await terminal.ask("\(question): type yes to go on, anything else to stop: ", timeout: 120)
        if Swift.Task.isCancelled { throw Failure(.cancelled, "interrupted") }
        guard answer?.split(separator: " ") == ["yes"] else {
            throw Failure(.confirmationRequired, "it was not confirmed; nothing was changed", hint: hint)
        }
    }
}

/// What a cluster says of itself and of who asks, as the end of a login.
struct ClusterGreeting: Sendable {
    let version: String
    let host: String
    /// The paths that there is any privilege on.
    let paths: [String]

    init(_ client: ProxmoxClient) async throws(Failure) {
        let answer = try await client.send(.get("version")).data
        version = answer["version"]?.perlText ?? "?"
        host = client.lastHost
        let permissions = try await client.send(.get("access", "permissions")).data
        paths =
            permissions.object?.members.filter { $0.value.object?.members.isEmpty == false }.map(\.key).sorted() ?? []
    }
}
