// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Annotations of the whole language for the Lua language server, generated from the operation table.
public enum LuaAnnotations {
    /// The file; it declares and is never run.
    public static func text() -> String {
        var lines = [
            "---@meta", "",
            "-- The language of pvelua for the Lua language server; generated: pvelua docs --annotations", "",
        ]
        lines += kinds + records
        lines += [
            "---The functions of pvelua.", "---@class pve", "---@field name string \(summary(of: "name"))",
            "---@field params table<string, any> \(summary(of: "params"))",
            "---@field null any What stands for a null of JSON in what the API answers.", "pve = {}", "",
            "---Any path of Proxmox's API.", "---@class pve.api", "pve.api = {}", "",
        ]
        for operation in OperationTable.all { lines += function(operation) }
        for extra in LanguageExtra.all + [.header] { lines += LuaExtraAnnotations.lines(extra) }
        for operation in OperationTable.all {
            for method in operation.methods { lines += self.method(method, operation) }
        }
        return (lines + LuaSystemAnnotations.lines).joined(separator: "\n")
    }

    private static func summary(of extra: String) -> String { LanguageExtra.named(extra)?.summary ?? "" }

    // MARK: - Classes

    private static let kinds: [String] =
        [
            "---@alias pve.GuestKind \"qemu\"|\"lxc\"", "",
            "---A vmid, or a table with one.",
            "---@alias pve.AnyGuest integer|pve.GuestRecord|{ vmid: integer }", "",
            "---What went wrong; docs/errors.md tells what to do about each.", "---@alias pve.ErrorKind",
        ] + ErrorKind.allCases.map { "---| \"\($0.rawValue)\"" } + [
            "", "---Only guests to which all of these apply.", "---@class pve.GuestFilters: pve.list_vms.filters", "",
        ]

    private static let records: [String] = LuaRecord.all.flatMap { record in
        ["---\(record.summary)", "---@class \(record.name)\(record.parent.isEmpty ? "" : ": \(record.parent)")"]
            + record.fields.map { "---@field \($0.name)\($0.isOptional ? "?" : "") \($0.type)" }
            + (objects.values.contains(record.name) || record.name == "pve.Block"
                ? ["local \(local(record.name)) = {}"] : []) + [""]
    }

    private static let objects: [ScriptObject: String] = [
        .guest: "pve.Guest", .node: "pve.Node", .storage: "pve.Storage",
    ]

    /// The name of the local that a class's methods are declared on.
    static func local(_ record: String) -> String { String(record.dropFirst(4)) }

    // MARK: - Functions

    private static func function(_ operation: Operation) -> [String] {
        declaration(operation, operation.parameters, as: "pve.\(operation.name)", isFirst: true)
    }

    private static func method(_ method: ObjectMethod, _ operation: Operation) -> [String] {
        guard let record = objects[method.object] else { return [] }
        let rest = operation.parameters.dropFirst(method.before.count).map { parameter in
            var parameter = parameter
            // What the object tells need not be given.
            if !method.into.isEmpty { parameter.isRequired = false }
            return parameter
        }
        return declaration(operation, rest, as: "\(local(record)):\(method.name)", isFirst: false)
    }

    /// - Parameter isFirst: Whether the classes of its options are yet to be declared.
    private static func declaration(
        _ operation: Operation, _ parameters: [Parameter], as name: String, isFirst: Bool
    ) -> [String] {
        var types = LuaTypes()
        let params = parameters.map { parameter in
            let type = types.type(parameter.type, called: "pve.\(operation.name).\(parameter.name)")
            return "---@param \(parameter.name)\(parameter.isRequired ? "" : "?") \(type) \(parameter.summary)"
        }
        let type = LuaReturns.type(of: operation.name, isChange: operation.reach == .change)
        let returns = type == "nil" ? [] : ["---@return \(type) # \(operation.returns)"]
        return (isFirst ? types.declarations : []) + ["---\(operation.summary)"]
            + (isFirst ? ["---", "---```lua", "---\(operation.example)", "---```"] : []) + params + returns
            + ["function \(name)(\(parameters.map(\.name).joined(separator: ", "))) end", ""]
    }
}
