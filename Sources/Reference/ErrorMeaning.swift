// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a kind of error means to whoever meets it; the table of `docs/errors.md` is held against this.
public struct ErrorMeaning: Sendable {
    /// The kind.
    public let kind: ErrorKind
    /// What it means, in one sentence.
    public let meaning: String
    /// What to do, with links between pages as Markdown has them.
    public let advice: String
    /// Whether it helps to try again.
    public let again: String

    init(_ kind: ErrorKind, _ meaning: String, _ advice: String, again: String) {
        (self.kind, self.meaning, self.advice, self.again) = (kind, meaning, advice, again)
    }

    /// The advice for a terminal, where a link is the path of its page.
    var plainAdvice: String {
        advice.replacing(#/\[([^\]]*)\]\([^)]*\)/#) { "docs/\($0.output.1)" }
    }

    /// One for each kind.
    public static let all: [ErrorMeaning] = [
        ErrorMeaning(
            .auth, "Token, password or ticket was not accepted.",
            "Look at the configuration: [authentication.md](authentication.md).", again: "no"),
        ErrorMeaning(
            .permission, "The user or token may not do this.",
            "Grant what the message names: [permissions.md](permissions.md).", again: "no"),
        ErrorMeaning(
            .parameter, "An argument is wrong; nothing was done.", "Read usage and example, correct the line.",
            again: "no"),
        ErrorMeaning(
            .notFound, "There is no such guest, node or other thing, or none that one may see.",
            "Check the name; the hint names what looks alike.", again: "no"),
        ErrorMeaning(
            .unsupported, "This version, storage or kind of guest cannot do it.", "Take another way.", again: "no"),
        ErrorMeaning(
            .nodeUnreachable, "The node was not reached; a change was not made.", "Look whether the node is up.",
            again: "yes, when it is"),
        ErrorMeaning(
            .outcomeUnknown, "It may have been done or not.", "Look at the guest and its tasks first.",
            again: "not before"),
        ErrorMeaning(
            .noQuorum, "Too few nodes are up for the cluster to decide.", "Bring nodes back.", again: "yes, then"),
        ErrorMeaning(
            .locked, "An operation holds the guest.", "Wait for the task that the hint names.", again: "yes, then"),
        ErrorMeaning(.busy, "Somebody else is at it at the moment.", "Wait some seconds.", again: "yes"),
        ErrorMeaning(
            .conflict, "A name is taken, or a configuration has changed meanwhile.", "Look anew, then decide.",
            again: "after looking"),
        ErrorMeaning(
            .protected, "Guest or backup is protected from removal.", "Take the protection away if that is meant.",
            again: "no"),
        ErrorMeaning(
            .storageUnavailable, "A storage is missing, switched off or asleep.",
            "`pve.list_storages()` tells which there are.", again: "when it is back"),
        ErrorMeaning(
            .haState, "High availability stands in the way.", "Look at the guest's HA state.", again: "after that"),
        ErrorMeaning(.alreadyInState, "It is so already.", "Nothing.", again: "no"),
        ErrorMeaning(
            .guestTimeout, "The guest did not react in time.", "Look at the guest; a longer `timeout` may help.",
            again: "yes"),
        ErrorMeaning(.taskFailed, "A task ended badly.", "Read the task's log.", again: "after that"),
        ErrorMeaning(
            .taskTimeout, "A task still runs when the time to wait is up.", "Follow it: `pve.poll(e.upid)`.",
            again: "no: it goes on"),
        ErrorMeaning(
            .tls, "The server's certificate was not accepted; nothing was sent.",
            "Compare the fingerprint at the server.", again: "no"),
        ErrorMeaning(
            .connection, "No server of the cluster could be reached.", "Look at network and address.", again: "yes"),
        ErrorMeaning(
            .cancelled, "The caller, or somebody at the cluster, gave it up.", "See what was done by then.",
            again: "as you like"),
        ErrorMeaning(
            .server, "The server failed, or its answer makes no sense.", "Look at the server's log.",
            again: "a little later"),
        ErrorMeaning(.script, "The script is wrong.", "Correct the line that is shown.", again: "no"),
        ErrorMeaning(
            .limit, "A limit of the run is reached.", "Do less, or raise it: [limits.md](limits.md).", again: "no"),
        ErrorMeaning(.policyDenied, "The policy forbids it.", "`pvelua policy explain` tells which rule.", again: "no"),
        ErrorMeaning(
            .confirmationRequired, "Somebody must confirm it, and nobody can be asked.", "Run it at a terminal.",
            again: "with a person"),
        ErrorMeaning(
            .approvalRequired, "Somebody must approve it beforehand.", "[approval.md](approval.md)", again: "then"),
        ErrorMeaning(.planDiverged, "The run does something else than the plan says.", "Make a new plan.", again: "no"),
        ErrorMeaning(
            .inDoubt, "It was looked for and could not be found out whether it was done.",
            "Look at the guest, then `pvelua runs resolve`.", again: "not before"),
        ErrorMeaning(.config, "The configuration is wrong.", "Correct the line that is named.", again: "no"),
        ErrorMeaning(.usage, "The command line is wrong.", "Read the command's `--help`.", again: "no"),
    ]
}
