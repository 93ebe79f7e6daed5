// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import JSON
internal import Model
internal import Proxmox
internal import Runbook
internal import Terminal
internal import Text

/// The command `pvelua cluster login`.
struct ClusterLogin: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Try the configured identity, asking for password and second factor where they are not kept.",
        usage: "pvelua cluster login [options] [NAME]",
        discussion: "Says who one is there. The ticket ends with the command: nothing is kept on disk.\n\n"
            + ExitStatus.help)

    @Argument(help: "The cluster, by its name in the configuration.", completion: Completions.clusters)
    var name: String?
    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let configuration = try Workplace(context: context, options: options).configuration()
        let name = try ClusterChoice.name(name, options, context, configuration)
        let route = try ClusterRoute(
            name: name, configuration: configuration, context: context, logLevel: options.logLevel)
        let client = try route.client()
        let greeting = try await Interruptible.run { () throws(Failure) in try await ClusterGreeting(client) }
        let report = LoginReport(route: route, client: client, greeting: greeting)
        try options.format.write(json: report.json, text: report.text)
        return .done
    }
}

/// Who one is after a login.
struct LoginReport {
    private let facts: [(name: String, value: JSONValue)]

    init(route: ClusterRoute, client: ProxmoxClient, greeting: ClusterGreeting) {
        var facts: [(name: String, value: JSONValue)] = [
            ("cluster", .string(route.name)), ("host", .string(greeting.host)), ("version", .string(greeting.version)),
        ]
        var identity = route.identity
        if let login = client.credential as? TicketCredential {
            identity = login.ticket?.user ?? identity
            facts.append(("identity", .string(identity)))
            facts.append(("method", "ticket"))
            let age = login.ticket.map { client.clock.now() - $0.obtained } ?? .zero
            facts.append(("ticket_seconds", JSONValue(Int((Ticket.lifetime - age).components.seconds))))
        } else if client.credential is LocalAccess {
            // Whoever may run pvesh is root there (pve-facts §9).
            identity = "root@pam"
            facts.append(("identity", .string(identity)))
            facts.append(("method", "pvesh"))
        } else {
            facts.append(("identity", .string(identity)))
            facts.append(("method", "token"))
        }
        let user = identity.prefix { $0 != "!" }
        facts.append(("realm", .string(user.lastIndex(of: "@").map { String(user[user.index(after: $0)...]) } ?? "?")))
        facts.append(("paths", .array(greeting.paths.map(JSONValue.string))))
        self.facts = facts
    }

    var json: JSONValue { .object(JSONObject(facts.map { ($0.name, $0.value) })) }

    var text: String {
        let values = Dictionary(facts.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        func text(_ name: String) -> String { TextCleaner.clean(values[name]?.string ?? "") }
        var lines = ["cluster", "host", "version", "identity", "realm"].map { name in
            name + String(repeating: " ", count: 10 - name.count) + text(name)
        }
        if let seconds = values["ticket_seconds"]?.perlInteger {
            lines.append(
                "ticket    good for \((seconds + 59) / 60) minutes, renewed while pvelua runs, not kept on disk")
        } else if text("method") == "pvesh" {
            lines.append("pvesh     on this node, as root: no login, and nothing that runs out")
        } else {
            lines.append("token     needs no login and does not run out by itself")
        }
        let paths = values["paths"]?.array?.compactMap(\.string) ?? []
        if paths.isEmpty {
            lines.append("rights    none at all: lists will be empty; see docs/setup.md, and --privsep for tokens")
        } else {
            let shown = paths.prefix(6).map { TextCleaner.clean($0) }.joined(separator: " ")
            lines.append("rights    on \(shown)\(paths.count > 6 ? " and \(paths.count - 6) more" : "")")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
