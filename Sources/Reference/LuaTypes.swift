// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The types of parameters in the words of the Lua language server, and the classes and aliases that they need.
struct LuaTypes {
    /// The declarations that stand before the function.
    private(set) var declarations: [String] = []

    /// The type of a parameter; an option table becomes a class of that name, a choice an alias.
    mutating func type(_ type: ParameterType, called name: String) -> String {
        switch type {
        case .node, .snapshotName, .text, .apiPath, .size: return "string"
        case .guest: return "pve.AnyGuest"
        case .guestOrName: return "pve.AnyGuest|string"
        case .task: return "string|{ upid: string }"
        case .storage: return "string|{ storage: string }"
        case .pool: return "string|{ pool: string }"
        case .volume: return "string|{ volid: string }"
        case .integer: return "integer"
        case .seconds: return "number"
        case .flag: return "boolean"
        case .function: return "function"
        case .guests: return "pve.AnyGuest|pve.AnyGuest[]|pve.GuestFilters"
        case .any: return "any"
        case .apiParameters: return "table<string, string|number|boolean|string[]>"
        case .choice(let words): return alias(name, words)
        case .wordOrFunction(let words): return alias(name, words) + "|function"
        case .list(let element):
            let inner = self.type(element, called: name)
            return inner.contains("|") ? "(\(inner))[]" : "\(inner)[]"
        case .options(let options): return optionClass(name, options)
        }
    }

    private mutating func alias(_ name: String, _ words: [String]) -> String {
        declarations += ["---@alias \(name)"] + words.map { "---| \"\($0)\"" } + [""]
        return name
    }

    private mutating func optionClass(_ name: String, _ options: [Parameter]) -> String {
        let fields = options.map { option in
            let type = type(option.type, called: "\(name).\(option.name)")
            return "---@field \(option.name)\(option.isRequired ? "" : "?") \(type) \(option.summary)"
        }
        declarations += ["---@class \(name)"] + fields + [""]
        return name
    }
}
