// SPDX-License-Identifier: Apache-2.0

/// A word of the language that test files are written in.
public struct TestWord: Sendable {
    /// The name as Lua has it: `describe`, `sim.run`, `to_equal`.
    public var name: String
    /// How it is written.
    public var usage: String
    /// What it does, in a sentence or two.
    public var summary: String
}

/// All that test files have besides `pve` and Lua.
public enum TestVocabulary {
    /// What declares tests.
    public static let structure: [TestWord] = [
        TestWord(
            name: "describe", usage: "describe(name, function() … end)",
            summary: "Groups cases; groups may stand in groups, up to 50 deep."),
        TestWord(
            name: "it", usage: "it(name, function() … end)",
            summary: "A case. Each runs in a worker and on a cluster of its own, with the file loaded afresh."),
        TestWord(name: "pending", usage: "pending(name)", summary: "A case that is to come: it is listed and not run."),
        TestWord(
            name: "before_each", usage: "before_each(function() … end)",
            summary: "Runs before each case of the group and of those in it, the outermost first."),
        TestWord(
            name: "after_each", usage: "after_each(function() … end)",
            summary: "Runs after each case, the innermost first, also after one that failed."),
        TestWord(
            name: "cluster", usage: "cluster(\"lab.yaml\")",
            summary:
                "The cluster of the cases in this file or group: a YAML file beside the test, its text, or `demo`, which "
                + "it is where nothing is said. Inside a case: that case's from here on."),
        TestWord(
            name: "expect", usage: "expect(value):to_equal(other)",
            summary:
                "Compares; what does not hold ends the case. `expect(value).never:to_…` and `expect(value):not_to_…` "
                + "want the contrary."),
    ]

    /// What a value can be compared by.
    public static let matchers: [TestWord] = [
        TestWord(name: "to_equal", usage: ":to_equal(x)", summary: "The same in all fields, at any depth."),
        TestWord(name: "to_be", usage: ":to_be(x)", summary: "The same value; of tables, the same table."),
        TestWord(name: "to_be_truthy", usage: ":to_be_truthy()", summary: "Neither nil nor false."),
        TestWord(name: "to_be_falsy", usage: ":to_be_falsy()", summary: "Nil or false."),
        TestWord(name: "to_be_nil", usage: ":to_be_nil()", summary: "Nil."),
        TestWord(name: "to_be_a", usage: ":to_be_a(\"string\")", summary: "Of that Lua type."),
        TestWord(
            name: "to_contain", usage: ":to_contain(x)",
            summary:
                "Text: has that piece. A list: has an element that equals x or, where x is a table, has all fields of x. "
                + "Another table: has all fields of x."),
        TestWord(name: "to_match", usage: ":to_match(\"^web%-%d+$\")", summary: "Text that the Lua pattern finds."),
        TestWord(
            name: "to_have_count", usage: ":to_have_count(n)", summary: "A table of n elements, or text of n bytes."),
        TestWord(name: "to_be_greater_than", usage: ":to_be_greater_than(n)", summary: "A number above n."),
        TestWord(name: "to_be_less_than", usage: ":to_be_less_than(n)", summary: "A number below n."),
        TestWord(name: "to_be_at_least", usage: ":to_be_at_least(n)", summary: "A number that is n or above."),
        TestWord(name: "to_be_at_most", usage: ":to_be_at_most(n)", summary: "A number that is n or below."),
        TestWord(
            name: "to_fail", usage: ":to_fail(kind)",
            summary:
                "A function that raises an error, or a result of `sim.run` that is one; with a kind (`locked`) or a piece "
                + "of the message, such an error. `to_error` is the same."),
        TestWord(name: "to_error", usage: ":to_error(kind)", summary: "As `to_fail`."),
        TestWord(
            name: "to_succeed", usage: ":to_succeed()", summary: "A result of `sim.run` whose status is 0."),
    ]

    /// What the simulated cluster is worked with.
    public static let simulator: [TestWord] = [
        TestWord(
            name: "sim.run", usage: "sim.run(\"nightly.lua\", { params = {…}, answers = {…} })",
            summary:
                "Runs a runbook on the case's cluster as `pvelua run` would: worker, policy, consent, journal. What goes "
                + "in and comes out is told below."),
        TestWord(
            name: "sim.guest", usage: "sim.guest(101) · sim.guest{ vmid = …, name = …, node = … }",
            summary:
                "With a vmid: the guest as it is now, nil where there is none: vmid, name, type, node, status, tags, pool, "
                + "lock, ha, template, snapshots, config. With a table: makes one, by the keys of a cluster's file."),
        TestWord(name: "sim.guests", usage: "sim.guests()", summary: "All guests as they are now, by vmid."),
        TestWord(
            name: "sim.set", usage: "sim.set(101, { status = \"stopped\" }) · sim.set(\"pve2\", { online = false })",
            summary:
                "Changes a guest behind everybody's back: status, node, name, tags, pool, lock, ha, config, ignores_shutdown, "
                + "agent_running, backup_fails, migration_fault; false takes away a lock, a pool, an option. Or takes a node away "
                + "and brings it back."),
        TestWord(
            name: "sim.add", usage: "sim.add{ backups = { {…} }, guests = { {…} } }",
            summary:
                "Adds to the cluster what its file could hold: nodes, storages, pools, guests, backups, files, volumes."
        ),
        TestWord(
            name: "sim.fault", usage: "sim.fault{ on = \"guest.shutdown\", vmid = 101, kind = \"locked\", times = 1 }",
            summary: "Lets a runbook's requests go wrong: those that do what `on` says (an action of the policy, or "
                + "`METHOD /path`, with `*`), to that guest and node. The kinds are told below."),
        TestWord(
            name: "sim.sent", usage: "sim.sent(\"guest.stop\")",
            summary:
                "The changes that runbooks sent, in order, or those of an action: time, method, path, action, actions, vmid, "
                + "node, params, fault."),
        TestWord(
            name: "sim.requests", usage: "sim.requests(\"read.*\")", summary: "The same with the reads among them."),
        TestWord(
            name: "sim.consents", usage: "sim.consents()",
            summary:
                "What was asked, and how it was answered: action, effect, rule, vmid, name, request, consequences, answer."
        ),
        TestWord(
            name: "sim.now", usage: "sim.now()",
            summary: "The cluster's time in seconds since 1970, which `os.time()` goes by."),
        TestWord(name: "sim.advance", usage: "sim.advance(3600)", summary: "Lets time pass; no real time does."),
        TestWord(
            name: "sim.at", usage: "sim.at(time, function() … end)",
            summary:
                "Calls a function when that time comes, while a runbook runs or `sim.advance` lets time pass; meanwhile time "
                + "stands still."),
        TestWord(
            name: "sim.after", usage: "sim.after(600, function() … end)", summary: "The same, so many seconds from now."
        ),
    ]

    /// What `sim.run` takes.
    private static let options: [(String, String)] = [
        ("params", "a table: what `--param` would give"),
        (
            "answers",
            "`true` for a yes to everything; or by action or effect: `{ [\"guest.stop\"] = true, confirm = false }`. What is not named finds nobody to answer"
        ),
        ("yes", "`true`: as `--yes`"),
        ("caller", "`human`, `agent` or `ci`"),
        (
            "policy",
            "a YAML file beside the test, its text, its content as a table, or `allow` for everything. Without it: the shipped policy"
        ),
        ("task_timeout", "seconds to wait for a task where the runbook does not say"),
    ]

    /// What `sim.run` gives.
    private static let results: [(String, String)] = [
        ("status", "the exit status that `pvelua run` would end with"),
        ("error, kind", "what it failed with: kind, message, hint, where …; nil where it did not"),
        ("output, log", "what it printed, and the lines it logged: `warning: …`"),
        ("value, values", "what it returned: the first value, all values"),
        ("changes", "its steps as the journal has them: action, vmid, node, state, params, where"),
        ("seconds", "how long it took by the cluster's time"),
    ]

    /// What a fault does.
    private static let faults: [(String, String)] = [
        (
            "locked, permission, not_found, no_quorum, storage_unavailable, busy, server",
            "the request is refused in Proxmox's words (or those of `text`), without an effect"
        ),
        ("unreachable", "595: the node does not answer"),
        ("status", "the request is refused with `status` and `text`"),
        ("task_failed", "the request is taken, and its task fails with `text`, without an effect"),
        ("timeout", "the answer comes too late; the change has happened"),
        ("delay", "the answer comes `seconds` late, in time"),
        ("drop-after-effect, truncate", "the change happens, and its answer is lost or breaks off"),
        ("drop-before-effect, reset, garbage", "the change does not happen, and there is no answer that says so"),
    ]

    /// The reference page.
    public static func markdown() -> String {
        var lines = [
            "# What test files are written in", "",
            "<!-- Generated from Sources/Rehearsal/TestVocabulary.swift by `make docs`. -->", "",
            "[testing.md](testing.md) tells how to use it. A test file has all of Lua and `pve`, too: what it does with `pve` goes to "
                + "the case's cluster, is always allowed, and is not noted as sent.", "",
        ]
        for (title, words) in [("Cases", structure), ("Expectations", matchers), ("The cluster", simulator)] {
            lines += ["## \(title)", "", "| word | meaning |", "|---|---|"]
            lines += words.map { "| `\($0.usage.replacing("|", with: "\\|"))` | \($0.summary) |" } + [""]
        }
        for (title, rows) in [
            ("What sim.run takes", options), ("What sim.run gives", results), ("Kinds of faults", faults),
        ] {
            lines += ["## \(title)", "", "| name | meaning |", "|---|---|"]
            lines += rows.map { "| `\($0.0.replacing(", ", with: "`, `"))` | \($0.1) |" } + [""]
        }
        return lines.joined(separator: "\n")
    }

    /// The kinds of faults that the page tells of.
    public static var faultKinds: Set<String> {
        Set(faults.flatMap { $0.0.split(separator: ",").map { $0.filter { $0 != " " } } })
    }

    /// The kinds of faults that there are.
    public static var knownFaults: Set<String> { Set(StageFault.kinds) }
}
