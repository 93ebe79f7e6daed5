// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

@testable import Schema

struct APISchemaTests {
    @Test func theTreeIsFoundBetweenOtherStatements() throws {
        let schema = try Sample.schema()
        #expect(schema.methodCount == 7)
        #expect(
            schema.paths == [
                "/fabrics", "/nodes", "/nodes/{node}/qemu/{vmid}", "/nodes/{node}/storage/{storage}/content/{volume}",
            ])
    }

    @Test(arguments: [
        "var pveapi = [{\"path\":\"/x\",\"info\":{\"GET\":{}}}];",
        "let a = 1; const b=\n[{\"path\":\"/x\",\"info\":{\"PUT\":{}}}]",
        "x = [ {\"path\":\"/x\",\"info\":{\"GET\":{\"description\":\"\\\\\\\"]\"}}} ] trailing",
    ])
    func otherNamesForTheTreeAreKnown(script: String) throws {
        #expect(try APISchema(script: Array(script.utf8), cluster: "c", version: "7").methodCount == 1)
    }

    @Test(arguments: [
        "", "<html><body>login</body></html>", "const apiSchema = [", "const apiSchema = [{]}", "x = []", "x = [1, 2]",
        "x = [{\"path\":\"/x\"}]", "= [\"", "x = [{\"path\":\"/x\",\"info\":{\"PATCH\":{}}}]",
    ])
    func whatIsNoSchemaIsRefused(script: String) {
        #expect(throws: Failure.self) { try APISchema(script: Array(script.utf8), cluster: "c", version: "v") }
    }

    @Test func hostileSizesAreRefused() {
        let deep = "/" + Array(repeating: "a", count: 40).joined(separator: "/")
        let many = (0..<20_100).map { "{\"path\":\"/p\($0)\",\"info\":{\"GET\":{}}}" }.joined(separator: ",")
        let nested = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        for script in ["x = [{\"path\":\"\(deep)\",\"info\":{\"GET\":{}}}]", "x = [\(many)]", "x = \(nested)"] {
            #expect(throws: Failure.self) { try APISchema(script: Array(script.utf8), cluster: "c", version: "v") }
        }
        let long = [UInt8](repeating: 0x20, count: (32 << 20) + 1)
        #expect(throws: Failure.self) { try APISchema(script: long, cluster: "c", version: "v") }
    }

    @Test func theCompactFormHoldsTheSame() throws {
        let schema = try Sample.schema()
        let again = try APISchema(encoded: schema.encoded())
        #expect(again.cluster == "lab")
        #expect(again.version == "8.4.1")
        #expect(again.paths == schema.paths)
        #expect(again.methodCount == schema.methodCount)
        #expect(again.encoded() == schema.encoded())
        #expect(again.method("GET", path: Sample.guest)?.summary == "Read \"it\" ]; [.")
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"format":2,"cluster":"a","version":"b","paths":[]}"#, #"{"format":1,"paths":[1]}"#,
    ])
    func aBrokenCompactFormIsRefused(text: String) {
        #expect(throws: Failure.self) { try APISchema(encoded: Array(text.utf8)) }
    }

    @Test func methodsAreFoundByCallAndByTemplate() throws {
        let schema = try Sample.schema()
        #expect(schema.methods(path: Sample.guest).map(\.name) == ["GET", "POST", "PUT"])
        #expect(schema.methods(path: ["nodes", "{node}", "qemu", "{vmid}"]).count == 3)
        #expect(schema.children(path: ["nodes", "pve1"]) == ["qemu", "storage"])
        #expect(schema.children(path: ["nodes"]) == ["{node}"])
        #expect(schema.children(path: ["nowhere"]) == nil)
        let put = try #require(schema.method("PUT", path: Sample.guest))
        #expect(put.isProtected && !put.allowsOthers && put.proxyTo == nil && put.permissions == nil)
        #expect(put.parameter("net7")?.keys == ["bridge", "model"])
        #expect(put.parameter("cores")?.isOptional == true)
        #expect(put.parameter("cores")?.minimum == 1)
        #expect(put.parameter("todisk")?.standard == "0")
        #expect(schema.method("GET", path: Sample.guest)?.proxyTo == "node")
    }

    @Test(
        arguments: [
            ("/", ["/fabrics", "/nodes"]), ("/no", ["/nodes"]), ("/nodes/", []),
            ("/nodes/pve1/", ["/nodes/pve1/qemu", "/nodes/pve1/storage"]),
            ("/nodes/pve1/q", ["/nodes/pve1/qemu"]), ("/nodes/pve1/x", []), ("/nowhere/x", []), ("", ["/"]),
            ("nodes", []),
        ] as [(String, [String])])
    func pathsAreCompletedSegmentBySegment(typed: String, paths: [String]) throws {
        #expect(try Sample.schema().paths(beginning: typed) == paths)
    }
}
