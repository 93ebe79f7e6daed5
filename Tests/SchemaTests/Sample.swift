// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Schema

/// A schema of our own making with every form that the real ones have.
enum Sample {
    static let script = #"""
        // A comment with = and [ and "quotes" before the tree.
        const apiSchema = [
           {
              "children" : [
                 { "info" : { "GET" : { "description" : "Read \"it\" ]; [.", "parameters" : { "additionalProperties" : 0,
                       "properties" : { "node" : { "format" : "pve-node", "type" : "string" },
                          "vmid" : { "format" : "pve-vmid", "maximum" : 999999999, "minimum" : 100, "type" : "integer" } } },
                       "permissions" : { "check" : [ "perm", "/vms/{vmid}", [ "VM.Audit" ] ] }, "proxyto" : "node",
                       "returns" : { "type" : "object" } },
                    "PUT" : { "allowtoken" : 1, "description" : "Set it.", "protected" : 1,
                       "parameters" : { "additionalProperties" : 0, "properties" : {
                          "node" : { "format" : "pve-node", "type" : "string" },
                          "vmid" : { "format" : "pve-vmid", "maximum" : 999999999, "minimum" : 100, "type" : "integer" },
                          "cores" : { "type" : "integer", "minimum" : "1", "optional" : "1" },
                          "cpulimit" : { "type" : "number", "minimum" : 0, "maximum" : 128, "optional" : 1 },
                          "onboot" : { "type" : "boolean", "optional" : 1 },
                          "bios" : { "type" : "string", "enum" : [ "seabios", "ovmf" ], "optional" : 1 },
                          "digest" : { "type" : "string", "maxLength" : 4, "minLength" : 2, "optional" : 1 },
                          "boot" : { "type" : "string", "pattern" : "(?^:c|d\\d+)", "optional" : 1 },
                          "odd" : { "type" : "string", "pattern" : "(?=never)x", "optional" : 1 },
                          "revert" : { "type" : "string", "format" : "pve-configid-list", "optional" : 1 },
                          "name" : { "type" : "string", "format" : "dns-name", "optional" : 1 },
                          "net[n]" : { "type" : "string", "optional" : 1, "format" : { "bridge" : { "optional" : 1 }, "model" : {} } },
                          "statestorage" : { "type" : "string", "optional" : 1, "requires" : "todisk" },
                          "todisk" : { "type" : "boolean", "optional" : 1, "default" : 0 } } } },
                    "POST" : { "description" : "Run it.", "parameters" : { "additionalProperties" : 0, "properties" : {
                          "node" : { "type" : "string" }, "vmid" : { "type" : "integer" },
                          "command" : { "type" : "array", "items" : { "type" : "string", "maxLength" : 5 } },
                          "ids" : { "type" : "array", "items" : { "type" : "integer" }, "optional" : 1 } } } } },
                   "leaf" : 1, "path" : "/nodes/{node}/qemu/{vmid}", "text" : "{vmid}" },
                 { "info" : { "DELETE" : { "parameters" : { "additionalProperties" : 0, "properties" : {
                       "node" : { "type" : "string" }, "storage" : { "type" : "string" }, "volume" : { "type" : "string" },
                       "delay" : { "type" : "integer", "maximum" : 30, "optional" : 1 } } } } },
                   "leaf" : 1, "path" : "/nodes/{node}/storage/{storage}/content/{volume}", "text" : "{volume}" }
              ],
              "leaf" : 0, "path" : "/nodes", "text" : "nodes", "info" : { "GET" : { "parameters" : { "additionalProperties" : 0 } } }
           },
           { "path" : "/fabrics", "text" : "fabrics", "leaf" : 1, "info" : {
              "POST" : { "parameters" : { "allOf" : [ {} ] } },
              "PUT" : { "parameters" : { "additionalProperties" : 1, "properties" : {
                 "id" : { "type" : "string" }, "area" : { "type" : "integer", "instance-types" : [ "ospf" ] } } } } } }
        ]
        ;
        let other = [ "]" ];
        """#

    static func schema() throws(Failure) -> APISchema {
        try APISchema(script: Array(script.utf8), cluster: "lab", version: "8.4.1")
    }

    static let guest = ["nodes", "pve1", "qemu", "101"]

    /// What is wrong with a call, field by field; empty where nothing is.
    static func fields(
        _ method: String, _ path: [String], _ parameters: [(String, JSONValue)]
    ) throws -> [String: String] {
        let schema = try schema()
        do throws(Failure) {
            try schema.check(
                method: method, path: path, parameters: parameters.map { (name: $0.0, value: $0.1) })
            return [:]
        } catch {
            return Dictionary(error.fields.map { ($0.name, $0.text) }) { $0 + " & " + $1 }
        }
    }
}
