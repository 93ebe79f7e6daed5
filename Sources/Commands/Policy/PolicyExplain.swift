// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
internal import Configuration
internal import JSON
public import Model
internal import Policy
internal import Proxmox
internal import Runbook
internal import Text

extension Caller: ExpressibleByArgument {}

/// The command `pvelua policy explain`.
struct PolicyExplain: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell what policy says to an action or a call, and why.",
        usage: "pvelua policy explain ACTION [VMID] [--caller agent] [options]",
        discussion: """
            ACTION is an action such as guest.stop, several joined by commas, or a call such as \
            'POST /nodes/pve1/qemu/101/status/stop', whose parameters are given by --param. The guest's facts are read from the \
            cluster; nothing is changed, and nobody is asked.


            """ + ExitStatus.help)

    @Argument(help: ArgumentHelp("An action, several, or a call in quotes.", valueName: "action"))
    var subject: String

    @Argument(help: "The guest it is done to.")
    var vmid: String?

    @Option(help: "Who asks: human, ci or agent; default: who you are taken for.")
    var caller: Caller?

    @Option(help: ArgumentHelp("When, as 2026-11-22T22:00:00Z; default: now.", valueName: "time"))
    var at: String?

    @Option(help: ArgumentHelp("A storage that the action names.", valueName: "name"))
    var storage: [String] = []

    @Option(help: ArgumentHelp("A runbook that does it, whose header counts.", valueName: "file"))
    var runbook: String?

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        let workplace = Workplace(context: context, options: options)
        let configuration = try workplace.configuration()
        let header = try runbook.flatMap { (path) throws(Failure) in
            try RunbookHeader.read(try PlanSource(path: path).chunk)
        }
        let own = try workplace.policy(configuration)
        let policy = header?.bounding(own) ?? own
        let wish = try ExplainedCall(
            subject, vmid: vmid, parameters: try workplace.parameters(), storages: storage)
        let cluster = try workplace.chosenCluster(configuration)
        let detected = Caller.detected(environment: context.environment)
        var question = PolicyQuestion(
            actions: wish.actions, caller: caller ?? detected, guests: wish.guest.map { [$0] } ?? [],
            cluster: cluster, storages: wish.storages, time: try time())
        if let vmid = wish.vmid {
            let route = try ClusterRoute(
                name: cluster, configuration: configuration, context: context, logLevel: options.logLevel)
            let guest = PolicyGuest(try await route.client().facts(of: vmid))
            // What a caller may not look at is not told by way of an explanation either.
            let look = PolicyQuestion(actions: ["read.guest"], caller: detected, guest: guest, cluster: cluster)
            guard policy.evaluate(look).effect < .approve else {
                throw Failure(.policyDenied, "policy does not let you look at guest \(vmid)")
            }
            question.guests = [guest]
        }
        let report = ExplanationReport(
            explanation: policy.explain(question), question: question, subject: subject, style: context.outputStyle,
            width: context.isTerminal.output ? windowWidth(1) : nil)
        try options.format.write(json: report.json, text: report.text)
        return .done
    }

    private func time() throws(Failure) -> Double {
        guard let at else { return WallTime.seconds() }
        guard let seconds = UTCTime.seconds(at) else {
            throw Failure(.usage, "--at \(at) is no time", hint: "it looks like 2026-11-22T22:00:00Z")
        }
        return seconds
    }
}

/// What is to be explained, as it stands on the command line.
struct ExplainedCall {
    let actions: Set<Action>
    /// The guest whose facts are to be read.
    let vmid: VMID?
    /// What is known of the guest without reading it.
    let guest: PolicyGuest?
    let storages: [String]?

    init(
        _ subject: String, vmid text: String?, parameters: [(name: String, value: String)], storages: [String]
    ) throws(Failure) {
        let named = try text.map { (text) throws(Failure) in
            guard let vmid = Int(text).flatMap({ VMID($0) }) else {
                throw Failure(.usage, "\(text) is no vmid", hint: "it looks like 101")
            }
            return vmid
        }
        if let call = WrittenCall(subject) {
            actions = ActionClassifier.actions(method: call.method, path: call.path, parameters: parameters)
            self.storages =
                storages.isEmpty
                ? CallStorages.named(method: call.method, path: call.path, parameters: parameters) : storages
            guest = call.guest
            vmid = named ?? call.guest?.vmid.flatMap { VMID($0) }
            return
        }
        guard parameters.isEmpty else { throw Failure(.usage, "--param goes with a call") }
        var result: Set<Action> = []
        for word in subject.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            guard let action = Action(word), ActionClassifier.vocabulary.contains(action) else {
                let hint = ActionClassifier.suggestion(for: word)
                throw Failure(
                    .usage, "there is no action \"\(word)\"" + (hint.map { "; \($0)" } ?? ""),
                    hint: "or a call in quotes: 'POST /nodes/pve1/qemu/101/status/stop'")
            }
            result.insert(action)
        }
        actions = result
        // Of an action alone nobody can tell which storages it will name.
        self.storages = storages.isEmpty ? nil : storages
        guest = nil
        vmid = named
    }
}
