// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Terminal

/// Shows every call to the person at the terminal and takes a typed yes; there is no option that answers it.
struct AdministrativeConsent: Sendable {
    let prompter: any Prompter
    let style: Style

    /// The terminal of this process.
    static func live(_ context: CommandContext) -> AdministrativeConsent {
        AdministrativeConsent(prompter: ControllingTerminal(), style: context.promptStyle)
    }

    /// - Throws: ``Failure`` of kind `confirmation_required` where nobody can be asked or the answer is not yes.
    func require(_ what: String, cluster: String, identity: String, lines: [String]) async throws(Failure) {
        var box = ConsentBox(what, style: style)
        box.add("cluster", "\(cluster) as \(identity)")
        for line in lines { box.add(line) }
        try await TypedYes.demand(
            box.text(asking: "yes", width: prompter.width), for: what, else: "nothing was sent", at: prompter,
            hint: "run it at a terminal, or run the commands of `pvelua cluster token plan` on a node")
    }
}
