// SPDX-License-Identifier: Apache-2.0
internal import Model

extension LanguageExtra {
    /// How a script reaches it: `pve.parallel`, but `runbook`.
    var fullName: String { name == Self.header.name ? name : "pve.\(name)" }

    /// Its part of the reference page; nothing where the overview says it all.
    var page: [String] {
        guard !details.isEmpty else { return [] }
        var lines = ["## \(fullName)", "", "`\(usage)`", "", summary, ""]
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
