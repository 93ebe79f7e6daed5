// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import MCP
internal import Model
internal import Reference

/// The tool `docs`: a few entries of the reference for a few words.
enum DocsTool {
    static var tool: Tool {
        Tool(
            name: "docs",
            description:
                "Look up the language: a function's name, or words to search for. Costs little; use it before you write.",
            parameters: [
                ToolParameter("query", .text(longest: 400), required: true, "vm_action; delete old snapshots"),
                ToolParameter("max_bytes", .whole(500...65536), "Default 3000."),
            ],
            output: ToolSchema.object(["text": "string", "omitted": "integer"]),
            annotations: .init(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false)
        ) { call in
            let query = call.arguments["query"]?.string ?? ""
            let bytes = call.arguments["max_bytes"].flatMap(ToolBudget.whole) ?? 3000
            let (text, omitted) = answer(to: query, bytes: bytes)
            return ToolResult(
                text: text, structured: JSONObject([("text", .string(text)), ("omitted", JSONValue(omitted))]))
        }
    }

    /// All of an entry that is named, where it fits; else what is found.
    private static func answer(to query: String, bytes: Int) -> (text: String, omitted: Int) {
        let near = "try a function's name, such as vm_action, or other words"
        var nothing = "Nothing is found for these words; \(near)."
        do throws(Failure) {
            let entries = try ReferenceLookup.entries(query)
            if let first = entries.first, entries.count == 1 {
                let text = ReferenceText.lines(first).joined(separator: "\n")
                if text.utf8.count <= bytes { return (text, 0) }
            }
        } catch {
            nothing = "Nothing is found: \(error.message); \(error.hint ?? near)."
        }
        let answer = ReferenceSearch.answer(to: query, bytes: bytes)
        guard !answer.text.isEmpty else { return (nothing, 0) }
        return (answer.text, answer.omitted)
    }
}
