// SPDX-License-Identifier: Apache-2.0

/// What stands in `pve` beside the operations: functions of the script's own process, and values.
public struct LanguageExtra: Sendable {
    /// The Lua name below `pve`.
    public var name: String
    /// How it is written: `pve.on_failure(compensation)`.
    public var usage: String
    /// What it is or does, in one sentence.
    public var summary: String
    /// What there is to know besides, a paragraph each; none for what one sentence tells.
    public var details: [String] = []
    /// A line of Lua that runs as it stands on the demo cluster, where one helps.
    public var example: String?

    /// All of them, in the order of the reference page.
    public static let all: [LanguageExtra] = [
        LanguageExtra(
            name: "name", usage: "pve.name", summary: "The name of the cluster that these functions go to."),
        LanguageExtra(
            name: "params", usage: "pve.params", summary: "What `--param key=value` gave, as text; read-only."),
        LanguageExtra(
            name: "is_error", usage: "pve.is_error(e, kind)",
            summary: "Whether `e` is an error of pvelua, and of that kind where one is named."),
        LanguageExtra(
            name: "on_failure", usage: "pve.on_failure(compensation)",
            summary: "Keeps a function that is to be called if the script fails: what must be undone then.",
            details: [
                "`compensation` — a function without arguments. Register it right after the step that it undoes.",
                "Returns a function that takes it back: call that once there is nothing left to undo.",
                "If the script fails, what waits is called newest first, each by itself and with fresh limits; its changes pass "
                    + "policy, consent and journal like any others. One that fails keeps no other from its turn. None is called "
                    + "after Ctrl-C, nor when the script's process is gone: then it is told which were waiting. The exit "
                    + "status stays that of the script's own failure. At most 1000 wait at a time, and none may register "
                    + "another. More in `docs/recovery.md`.",
            ],
            example: "local undo = pve.on_failure(function() pve.vm(103):shutdown() end); pve.vm(103):start(); undo()"),
    ]

    /// The one of that name.
    public static func named(_ name: String) -> LanguageExtra? { all.first { $0.name == name } }

    /// Its part of the reference page; nothing where the overview says it all.
    var page: [String] {
        guard !details.isEmpty else { return [] }
        var lines = ["## pve.\(name)", "", "`\(usage)`", "", summary, ""]
        for detail in details { lines += [detail, ""] }
        if let example { lines += ["```lua", example, "```", ""] }
        return lines
    }

    /// Its row in the overview.
    var row: String {
        let name = details.isEmpty ? "`pve.\(name)`" : "[`pve.\(name)`](#pve\(name))"
        return "| \(details.isEmpty && usage.contains("(") ? "`\(usage)`" : name) | \(summary) | local |"
    }
}
