// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Schema
import Testing

struct CheckTests {
    private static let unknown = "property is not defined in schema and the schema does not allow additional properties"
    private static let missing = "property is missing and it is not optional"

    /// Values that the server takes, in every form that a script may give them.
    @Test(
        arguments: [
            ("cores", 4), ("cores", "4"), ("cores", "+4"), ("cpulimit", 0.5), ("cpulimit", "1e2"), ("cpulimit", ".5"),
            ("onboot", true), ("onboot", 1), ("onboot", "0"), ("bios", "ovmf"), ("digest", "abcd"), ("boot", "d12"),
            ("odd", "what this pattern means is not known"), ("revert", "cores;onboot bios"),
            ("revert", ["cores", "bios"]),
            ("name", "web-1.lan"), ("net0", "virtio,bridge=vmbr0"), ("net0", "bridge=,x"), ("net0", ",,model=a=b"),
            ("net31", "model=e1000"), ("vmid", 101),
            ("vmid", "101"),
            ("digest", "äöü"), ("name", .null), ("boot", "ü"),
        ] as [(String, JSONValue)])
    func takesWhatTheServerTakes(name: String, value: JSONValue) throws {
        #expect(try Sample.fields("PUT", Sample.guest, [(name, value)]) == [:])
    }

    @Test(
        arguments: [
            ("cores", "x", "type check ('integer') failed - got 'x'"),
            ("cores", 1.5, "type check ('integer') failed - got '1.5'"),
            ("cores", [1, 2], "type check ('integer') failed - got ARRAY"),
            ("cores", 0, "value must have a minimum value of 1"),
            ("cpulimit", 129, "value must have a maximum value of 128"),
            ("cpulimit", "nan", "type check ('number') failed - got 'nan'"),
            ("cpulimit", "0x10", "type check ('number') failed - got '0x10'"),
            ("onboot", "yes", "type check ('boolean') failed - got 'yes'"),
            ("onboot", "true", "type check ('boolean') failed - got 'true'"),
            ("onboot", 2, "type check ('boolean') failed - got '2'"),
            ("bios", "ovfm", "value 'ovfm' does not have a value in the enumeration 'seabios, ovmf'"),
            ("digest", "abcde", "value may only be 4 characters long"),
            ("digest", "a", "value must be at least 2 characters long"),
            ("boot", "x", "value does not match the regex pattern"),
            ("revert", "cores,9x", "invalid format - invalid configuration ID"),
            ("name", "web_1", "invalid format - value does not look like a valid DNS name"),
            ("net0", "virtio,brigde=vmbr0", "invalid format - invalid key in comma-separated list property: brigde"),
            ("corse", 4, unknown), ("netx", "a", unknown), ("net", "a", unknown), ("cores2", 1, unknown),
            ("vmid", 102, "duplicate parameter (already defined in URI) with conflicting values!"),
        ] as [(String, JSONValue, String)])
    func refusesInTheWordsOfTheServer(name: String, value: JSONValue, text: String) throws {
        #expect(try Sample.fields("PUT", Sample.guest, [(name, value)]) == [name: text])
    }

    @Test func everythingThatIsWrongIsToldAtOnceWithWhatWasMeant() throws {
        let schema = try Sample.schema()
        var found: Failure?
        do throws(Failure) {
            try schema.check(
                method: "PUT", path: Sample.guest, parameters: [("corse", 2), ("statestorage", "local"), ("bios", "x")])
        } catch {
            found = error
        }
        let failure = try #require(found)
        #expect(failure.kind == .parameter)
        #expect(Set(failure.fields.map(\.name)) == ["corse", "todisk", "bios"])
        #expect(
            failure.fields.first { $0.name == "todisk" }?.text
                == "missing property - 'statestorage' requires this property")
        #expect(failure.message.contains("PUT /nodes/{node}/qemu/{vmid}: 3 parameters are wrong"))
        #expect(failure.hint == "corse: did you mean `cores`?")
    }

    @Test(
        arguments: [
            ("bios", "ovfm", "bios: did you mean `ovmf`?"),
            ("net3", "virtio,brigde=vmbr0", "net3: did you mean `bridge=`?"),
            ("cores", "x", "what it takes: pvelua cluster schema show /nodes/{node}/qemu/{vmid}"),
        ] as [(String, JSONValue, String)])
    func aWrongValueIsToldWhatWasMeant(name: String, value: JSONValue, hint: String) throws {
        let schema = try Sample.schema()
        var found: Failure?
        do throws(Failure) {
            try schema.check(method: "PUT", path: Sample.guest, parameters: [(name, value)])
        } catch {
            found = error
        }
        #expect(found?.hint == hint)
    }

    @Test func requiredParametersMayStandInThePathOnly() throws {
        #expect(try Sample.fields("POST", Sample.guest, []) == ["command": Self.missing])
        #expect(try Sample.fields("POST", Sample.guest, [("command", ["ls", "-l"])]) == [:])
        #expect(
            try Sample.fields("POST", Sample.guest, [("command", "ls")]) == [:], "a scalar is wrapped by the server")
        #expect(
            try Sample.fields("POST", Sample.guest, [("command", ["ls", "/var/log"])])
                == ["command": "value may only be 5 characters long"])
        #expect(
            try Sample.fields("POST", Sample.guest, [("command", "ls"), ("ids", [1, "x"])])
                == ["ids": "type check ('integer') failed - got 'x'"])
    }

    @Test func thePathsOwnParametersAreJudgedToo() throws {
        #expect(
            try Sample.fields("GET", ["nodes", "pve1", "qemu", "abc"], [])
                == ["vmid": "type check ('integer') failed - got 'abc'"])
        #expect(
            try Sample.fields("GET", ["nodes", "-pve", "qemu", "101"], [])
                == ["node": "invalid format - value does not look like a valid node name"])
    }

    @Test func aListOfOneIsNoListInAQuery() throws {
        #expect(
            try Sample.fields("DELETE", ["nodes", "pve1", "storage", "local", "content", "v"], [("delay", [5])]) == [:])
        #expect(
            try Sample.fields("DELETE", ["nodes", "pve1", "storage", "local", "content", "v"], [("delay", [5, 6])])
                .count
                == 1)
    }

    @Test func aLastSegmentMayHoldSlashes() throws {
        let volume = ["nodes", "pve1", "storage", "local", "content", "local:backup", "vzdump-qemu-101.vma"]
        #expect(try Sample.fields("DELETE", volume, []) == [:])
    }

    @Test func whatTheSchemaLeavesOpenIsTaken() throws {
        #expect(try Sample.fields("POST", ["fabrics"], [("anything", "x")]) == [:])
        #expect(try Sample.fields("PUT", ["fabrics"], [("id", "x"), ("more", 1), ("area", "text")]) == [:])
        #expect(try Sample.fields("PUT", ["fabrics"], []) == ["id": Self.missing], "area depends on the instance")
    }

    @Test(arguments: [
        (["nodes", "pve1", "qmeu", "101"], "did you mean `/nodes/pve1/qemu/101`?"),
        (["nods"], "did you mean `/nodes`?"),
        (["nodes", "pve1", "zzzzzz"], "below /nodes/{node} there are: qemu, storage"),
        (["nodes", "pve1"], "it goes on with: qemu, storage"),
    ])
    func anUnknownPathIsToldWhatThereIs(path: [String], hint: String) throws {
        let schema = try Sample.schema()
        var found: Failure?
        do throws(Failure) { try schema.check(method: "GET", path: path, parameters: []) } catch { found = error }
        #expect(found?.fields.map(\.name) == ["path"])
        #expect(found?.hint?.contains(hint) == true, "\(found?.hint ?? "")")
    }

    @Test func anUnknownMethodIsToldWhichThereAre() throws {
        let schema = try Sample.schema()
        var found: Failure?
        do throws(Failure) { try schema.check(method: "DELETE", path: Sample.guest, parameters: []) } catch {
            found = error
        }
        #expect(found?.kind == .parameter)
        #expect(found?.hint == "it has GET, POST, PUT")
    }
}
