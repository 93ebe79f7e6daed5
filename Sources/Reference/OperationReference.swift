// SPDX-License-Identifier: Apache-2.0
public import Model

/// The reference page of the `pve` language, rendered from the operation table.
public enum OperationReference {
    /// The page as Markdown.
    public static func markdown() -> String {
        var lines = [
            "# The pve language", "",
            "Generated from the operation table (`Sources/Model/Operations`); `make docs` writes it anew.",
            "`pvelua docs NAME` prints one entry, `pvelua docs --search WORDS` finds some.", "",
            "[What of Lua there is](#what-of-lua-there-is) stands at the end: standard Lua 5.4 without what escapes. A wrong argument",
            "is an error of kind `parameter` that names it; nothing is sent then. What reaches the cluster may end with",
            OperationErrors.anywhere.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                + " as well as with the errors that an entry names;",
            "[errors.md](errors.md) says what each means.", "",
        ]
        let head = ["| function | what it does | reach |", "|---|---|---|"]
        for area in OperationTable.areas where !area.rows.isEmpty {
            lines += ["**\(area.title)**", ""] + head
            lines += area.rows.map { "| [`pve.\($0.name)`](#\(anchor($0))) | \($0.summary) | \($0.reach.rawValue) |" }
            lines.append("")
        }
        lines += ["**Beside the operations**", ""] + head + LanguageExtra.all.map(\.row) + [""]
        for operation in OperationTable.all { lines += page(operation) }
        lines += LanguageExtra.all.flatMap(\.page) + LanguageExtra.header.page + LuaPage.markdown()
        return lines.joined(separator: "\n")
    }

    private static func anchor(_ operation: Operation) -> String {
        "pve" + operation.name.filter { $0 != "." }
    }

    private static func page(_ operation: Operation) -> [String] {
        var lines = [
            "## pve.\(operation.name)", "", "`\(operation.usage)`", "",
            operation.summary, "",
        ]
        for parameter in operation.parameters {
            lines += items(parameter, level: 0)
        }
        if !operation.parameters.isEmpty { lines.append("") }
        lines += ["Returns \(operation.returns).", "", "```lua", operation.example, "```", ""]
        let errors = OperationErrors.kinds(of: operation)
        if !errors.isEmpty {
            lines += ["Errors: " + errors.map { "`\($0.rawValue)`" }.joined(separator: ", ") + ".", ""]
        }
        if !operation.methods.isEmpty {
            lines += [
                "As methods: " + operation.methods.map { "`\($0.usage)`" }.joined(separator: ", ") + ".",
                "",
            ]
        }
        if !operation.endpoints.isEmpty {
            lines += ["| call | action | guests | done when | a second time |", "|---|---|---|---|---|"]
            lines += operation.endpoints.map(row) + [""]
        }
        return lines
    }

    private static func items(_ parameter: Parameter, level: Int) -> [String] {
        guard case .options(let options) = parameter.type else { return [item(parameter, level: level)] }
        return [item(parameter, level: level)] + options.flatMap { items($0, level: level + 1) }
    }

    private static func item(_ parameter: Parameter, level: Int) -> String {
        let indent = String(repeating: "  ", count: level)
        return
            "\(indent)- `\(parameter.name)` — \(parameter.type.description)\(parameter.isRequired ? "" : ", optional"). \(parameter.summary)"
    }

    private static func row(_ endpoint: Endpoint) -> String {
        let kinds = GuestKind.allCases.filter(endpoint.kinds.contains).map(\.rawValue).joined(separator: ", ")
        return
            "| `\(endpoint.method) \(endpoint.path)` | `\(endpoint.action)` | \(kinds) | \(condition(endpoint)) | \(repeats(endpoint)) |"
    }

    /// What asking for a call a second time does, in words.
    static func repeats(_ endpoint: Endpoint) -> String {
        endpoint.method == "GET" ? "reads again" : endpoint.repeats.rawValue
    }

    /// What is looked for before a call counts as done, in words.
    public static func condition(_ endpoint: Endpoint) -> String {
        switch endpoint.postCondition {
        case .none: endpoint.method == "GET" ? "answered" : "the task ended well"
        case .running: "the guest runs"
        case .stopped: "the guest is stopped"
        case .paused: "the guest is paused"
        case .restarted: "the guest runs anew"
        case .snapshotExists: "the snapshot is listed"
        case .snapshotGone: "the snapshot is no longer listed"
        case .rolledBack: "the guest descends from the snapshot"
        case .onTarget: "the guest is on the target node"
        case .template: "the guest is a template"
        case .exists: "the guest is there"
        case .configured: "the options read as they were set"
        case .resized: "the disk has the requested size"
        case .diskMoved: "the disk is on the requested storage"
        case .gone: "the guest is gone"
        }
    }
}
