// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Runbook

/// Something that the session has defined, as its worker tells.
struct ReplVariable: Hashable, Sendable {
    /// Its name.
    var name: String
    /// Lua's word for what it is.
    var type: String
    /// Its keys, where it is a table and they are text.
    var keys: [String] = []
    /// Which of our objects it is.
    var object: ScriptObject?
    /// A line of Lua that makes it anew elsewhere; nil where its value cannot be told in one.
    var literal: String?

    /// Asks for all globals: bounded, without metamethods, changing nothing.
    static let question = Chunk(
        source: Array(
            """
            local result, count, raw, what = {}, 0, rawget, type
            for name, value in next, _G do
              if what(name) == "string" and #name <= 100 and name ~= "pve" then
                local entry = { type = what(value), keys = {} }
                if entry.type == "table" then
                  local keys = 0
                  for key in next, value do
                    if what(key) == "string" and #key <= 100 then
                      keys = keys + 1
                      entry.keys[keys] = key
                      if keys == 100 then break end
                    end
                  end
                  for _, field in next, { "vmid", "node", "storage" } do
                    local held = raw(value, field)
                    if what(held) == "string" or what(held) == "number" then entry[field] = held end
                  end
                elseif entry.type ~= "function" and (entry.type ~= "string" or #value <= 200) then
                  if entry.type == "string" or entry.type == "number" or entry.type == "boolean" then entry.value = value end
                end
                result[name] = entry
                count = count + 1
                if count == 300 then break end
              end
            end
            return result
            """.utf8), name: "=variables")

    /// Reads the answer; what was there from the beginning is left out.
    static func read(_ values: [ScriptValue], without known: Set<String> = []) -> [ReplVariable] {
        (values.first?.json.object?.members ?? []).compactMap { name, entry in
            known.contains(name) ? nil : ReplVariable(name, entry)
        }.sorted { $0.name < $1.name }
    }

    init(_ name: String, _ entry: JSONValue) {
        self.name = name
        type = entry["type"]?.string ?? "nil"
        keys = (entry["keys"]?.array ?? []).compactMap(\.string)
        if let value = entry["value"] { literal = LuaText.literal(value, indent: 0) }
        if case .integer(let vmid)? = entry["vmid"] {
            object = .guest
            literal = "pve.vm(\(vmid))"
        } else if entry["storage"]?.string != nil {
            object = .storage
        } else if let node = entry["node"]?.string {
            object = .node
            literal = "pve.node(\(LuaText.literal(.string(node), indent: 0)))"
        }
    }

    init(name: String, type: String, keys: [String] = [], object: ScriptObject? = nil) {
        (self.name, self.type, self.keys, self.object) = (name, type, keys, object)
    }
}
