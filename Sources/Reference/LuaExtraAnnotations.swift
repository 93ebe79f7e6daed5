// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The annotations of what stands beside the operations, whose rows hold no types.
enum LuaExtraAnnotations {
    /// What is declared for it; nothing for the fields that the class `pve` has.
    static func lines(_ extra: LanguageExtra) -> [String] {
        guard let typed = signatures[extra.name] else { return [] }
        return typed.classes + ["---\(extra.summary)"] + extra.details.map { "---\n---\($0)" } + typed.types
            + ["function \(extra.fullName)(\(typed.parameters)) end", ""] + typed.methods
    }

    private struct Signature {
        var classes: [String] = []
        var types: [String]
        var parameters: String
        var methods: [String] = []
    }

    private static let signatures: [String: Signature] = [
        "is_error": Signature(
            types: ["---@param e any", "---@param kind? pve.ErrorKind", "---@return boolean"], parameters: "e, kind"),
        "on_failure": Signature(
            types: ["---@param compensation fun()", "---@return fun() # takes it back"], parameters: "compensation"),
        "parallel": Signature(
            classes: [
                "---@class pve.parallel.options", "---@field limit? integer how many run at a time; default 8",
                "---@field stop_on_error? boolean whether none is begun once one has failed; default true", "",
            ],
            types: [
                "---@generic T, R", "---@param list T[]", "---@param body fun(element: T, number: integer): R?",
                "---@param options? pve.parallel.options", "---@return R[]",
            ], parameters: "list, body, options"),
        "spawn": Signature(
            types: ["---@param body function", "---@param ... any", "---@return pve.Block"], parameters: "body, ...",
            methods: [
                "---Waits for its end and returns what it returned, or raises its error.", "---@return any ...",
                "function Block:join() end", "", "---Ends it at its next call.", "function Block:cancel() end", "",
            ]),
        "timeout": Signature(
            types: [
                "---@param seconds number", "---@param body function", "---@param ... any", "---@return any ...",
            ], parameters: "seconds, body, ..."),
        "runbook": Signature(
            classes: [
                "---@class pve.HeaderParameter",
                "---@field type? \"string\"|\"integer\"|\"number\"|\"boolean\"|\"duration\"|\"size\"|\"vmid\"|\"node\"|\"guest\"|\"tag\"|\"pool\"|\"storage\"",
                "---@field list? boolean", "---@field required? boolean", "---@field default? any",
                "---@field one_of? any[]", "---@field min? number|string", "---@field max? number|string",
                "---@field pattern? string", "---@field secret? boolean", "---@field help? string", "",
                "---@class pve.Header", "---@field name? string", "---@field description? string",
                "---@field params? table<string, pve.HeaderParameter>",
                "---@field actions? string[] the only changes that the run may make",
                "---@field callers? (\"human\"|\"ci\"|\"agent\")[]", "---@field limits? table<string, string|integer>",
                "",
            ], types: ["---@param header pve.Header"], parameters: "header"),
    ]
}
