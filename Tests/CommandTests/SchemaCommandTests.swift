// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

/// `cluster schema` with the real binary, on the embedded cluster and on a real HTTPS server.
struct SchemaCommandTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private var folder: URL { runner.home.url.appendingPathComponent("state/pvelua/schema") }

    private func mode(_ url: URL) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    private func sync() async throws -> URL {
        let result = try await runner.pvelua("--cluster", "demo", "--format", "json", "cluster", "schema", "sync")
        #expect(result.status == 0, "\(result.errors)")
        return URL(fileURLWithPath: try #require(try JSONValue(parsing: result.output)["file"]?.string))
    }

    @Test func syncKeepsTheSchemaPrivatelyAndTellsWhere() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "cluster", "schema", "sync")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("demo 8.4.21: "))
        let file = try await sync()
        #expect(result.output.contains(file.path))
        #expect(file.lastPathComponent == "demo@8.4.21.json")
        #expect(try mode(file) == 0o600)
        #expect(try mode(folder) == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["demo@8.4.21.json"])
    }

    @Test func showTellsWhatAPathTakes() async throws {
        _ = try await sync()
        let result = try await runner.pvelua(
            "--cluster", "demo", "cluster", "schema", "show", "/nodes/pve1/qemu/101/status/shutdown")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("POST /nodes/{node}/qemu/{vmid}/status/shutdown"))
        #expect(result.output.contains("needs VM.PowerMgmt on /vms/{vmid}"))
        #expect(result.output.contains("forceStop"))
        let top = try await runner.pvelua("--cluster", "demo", "cluster", "schema", "show")
        #expect(top.output == "below /: access cluster nodes pools storage version\n")
        let json = try await runner.pvelua(
            "--cluster", "demo", "--format", "json", "cluster", "schema", "show", "/nodes/{node}/qemu/{vmid}/config")
        let page = try JSONValue(parsing: json.output)
        #expect(page["methods"]?.array?.compactMap { $0["method"]?.string } == ["GET", "POST", "PUT"])
        let wrong = try await runner.pvelua("--cluster", "demo", "cluster", "schema", "show", "/nodes/pve1/qmeu")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("did you mean `/nodes/pve1/qemu`?"))
    }

    @Test func withoutASchemaShowSaysHowToGetOneAndRawCallsStillWork() async throws {
        let result = try await runner.pvelua("--cluster", "demo", "cluster", "schema", "show", "/pools")
        #expect(result.status == 2)
        #expect(result.errors.contains("cluster schema sync"))
        let call = try await runner.lua(
            "return pve.api.post('/nodes/pve1/qemu/103/status/start').status", "--log-level", "debug")
        #expect(call.output == "ok\n", "\(call.errors)")
        #expect(call.errors.contains("no schema of demo"))
    }

    @Test func aSyncedSchemaStopsAWrongCallBeforeItIsSent() async throws {
        let code = "pve.api.put('/nodes/pve1/qemu/101/config', { corse = 2, onboot = 'yes' })"
        let before = try await runner.lua(code, "--yes", "--format", "json")
        #expect(before.jsonError?["status"] == 400, "without a schema the server refuses")
        _ = try await sync()
        let after = try await runner.lua(code, "--yes", "--format", "json")
        #expect(after.status == 1)
        #expect(after.jsonError?["status"] == nil)
        #expect(after.jsonError?["fields"]?.object?.keys.sorted() == ["corse", "onboot"])
        #expect(after.jsonError?["hint"]?.string?.contains("`cores`") == true)
    }

    @Test func aSchemaOfAnotherVersionIsShownWithAWordAndNotUsed() async throws {
        let file = try await sync()
        let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(of: "8.4.21", with: "8.4.9")
        try FileManager.default.removeItem(at: file)
        let other = folder.appendingPathComponent("demo@8.4.9.json")
        try Data(text.utf8).write(to: other)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: other.path)
        let shown = try await runner.pvelua("--cluster", "demo", "cluster", "schema", "show", "/pools")
        #expect(shown.status == 0)
        #expect(shown.errors.contains("schema of version 8.4.9, and the cluster runs 8.4.21"), "\(shown.errors)")
        let call = try await runner.lua("pve.api.get('/nodes/pve1/qmeu')", "--format", "json")
        #expect(call.jsonError?["status"] == 501, "the server checks")
        #expect(call.errors.contains("is of 8.4.9, the cluster runs 8.4.21"))
    }

    @Test func aLinkAndAFileThatOthersCanWriteAreNotRead() async throws {
        let file = try await sync()
        let real = folder.appendingPathComponent("real")
        try FileManager.default.moveItem(at: file, to: real)
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: real)
        let linked = try await runner.pvelua("--cluster", "demo", "cluster", "schema", "show", "/pools")
        #expect(linked.status == 2)
        #expect(linked.errors.contains("is a link"))
        #expect(try await runner.lua("return pve.api.get('/version').release").errors.contains("is a link"))
        // Fetching it again puts a file in the link's place and leaves what it led to alone.
        let size = try Data(contentsOf: real).count
        _ = try await sync()
        #expect(
            try FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType == .typeRegular)
        #expect(try Data(contentsOf: real).count == size)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
        #expect(try await runner.pvelua("--cluster", "demo", "cluster", "schema", "show", "/pools").status == 2)
    }

    @Test func aRealServerIsAskedForTheFileWithoutTheToken() async throws {
        let server = try await RunningServer()
        try runner.configure(server)
        let result = try await runner.pvelua("cluster", "schema", "sync")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("lab 8.4.21: "))
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("lab@8.4.21.json").path))
        let code = "pve.api.get('/nodes/pve1/qemu/101/cofnig')"
        let wrong = try await runner.pvelua("--format", "json", "-e", code)
        #expect(wrong.jsonError?["hint"]?.string?.contains("/nodes/pve1/qemu/101/config") == true, "\(wrong.errors)")
    }
}
