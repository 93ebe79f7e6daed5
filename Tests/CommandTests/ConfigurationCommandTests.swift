// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import TestSupport
import Testing

struct ConfigurationCommandTests {
    let runner: CommandLineRunner

    init() throws { runner = try CommandLineRunner() }

    private var configFile: URL { runner.configuration }

    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func initWritesAnExampleOnce() async throws {
        #expect(try await runner.pvelua("config", "path").output == configFile.path + "\n")
        #expect(try await runner.pvelua("config", "init").status == 0)
        #expect(try mode(configFile) == 0o600)
        #expect(try mode(configFile.deletingLastPathComponent()) == 0o700)
        try Data("version: 1\n".utf8).write(to: configFile)
        #expect(try await runner.pvelua("config", "init").status == 0)
        #expect(try String(contentsOf: configFile, encoding: .utf8) == "version: 1\n", "what a person wrote stays")
    }

    /// The text of a configuration, and what the error must hold.
    @Test(arguments: [
        ("version: 1\nclusters: [", "config.yaml:3:1"), ("version: 1\ndefault_clutser: x\n", "config.yaml:2:1"),
        (
            "version: 1\nclusters: { lab: { hosts: [a], auth: { token_id: t@pam!runbooks, token_secret: { env: NOPE } } } }\n",
            "NOPE"
        ),
        ("version: 1\ndefault_cluster: nosuch\n", "nosuch"), ("\u{0}", "config.yaml:1"),
        (
            "version: 1\nclusters: { lab: { hosts: [a], auth: { token_id: t@pam!runbooks, token_secret: { env: HOME } }, tls: { verify: false } } }\n",
            "config.yaml:2"
        ),
    ])
    func checkNamesThePlace(text: String, words: String) async throws {
        _ = try await runner.pvelua("config", "init")
        try Data(text.utf8).write(to: configFile)
        let result = try await runner.pvelua("config", "check")
        #expect(result.status == 2)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func aSecretThatOthersCanReadIsRefused() async throws {
        let secret = try runner.home.write("token", "s3cret-value\n", mode: 0o644)
        _ = try await runner.pvelua("config", "init")
        let text =
            "version: 1\nclusters: { lab: { hosts: [127.0.0.1], auth: { token_id: t@pam!runbooks, token_secret: { file: \(secret.path) } } } }\n"
        try Data(text.utf8).write(to: configFile)
        for arguments in [["config", "check"], ["--cluster", "lab", "-e", "return 1"]] {
            let result = try await runner.pvelua(arguments)
            #expect(result.status == 2)
            #expect(result.errors.contains("chmod 600"), "\(result.errors)")
            #expect(result.errors.contains("config.yaml:2:"), "\(result.errors)")
            #expect(!result.errors.contains("s3cret"))
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
        #expect(try await runner.pvelua("config", "check").status == 0)
    }

    @Test func aSecretPastedWithItsIDIsNotRepeated() async throws {
        _ = try await runner.pvelua("config", "init")
        let text =
            "version: 1\nclusters: { lab: { hosts: [a], auth: { token_id: \"root@pam!x1=s3cret-value\", token_secret: { env: HOME } } } }\n"
        try Data(text.utf8).write(to: configFile)
        let result = try await runner.pvelua("config", "check")
        #expect(result.status == 2)
        #expect(!result.errors.contains("s3cret"), "\(result.errors)")
        #expect(result.errors.contains("token_secret"))
    }

    @Test(arguments: ["config.yaml", "policy.yaml"])
    func filesThatOthersCanWriteAreRefused(name: String) async throws {
        _ = try await runner.pvelua("config", "init")
        let file = configFile.deletingLastPathComponent().appendingPathComponent(name)
        let text =
            name == "config.yaml"
            ? "version: 1\n" : "version: 1\nrules:\n  - { id: all, actions: [\"*\"], effect: allow }\n"
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
        let result = try await runner.pvelua("--cluster", "demo", "-e", "return 1")
        #expect(result.status == 2)
        #expect(result.errors.contains("others can write"), "\(result.errors)")
    }

    @Test(arguments: ["config.yaml", "policy.yaml"])
    func aLinkThatLeadsNowhereIsAnError(name: String) async throws {
        let folder = configFile.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.appendingPathComponent(name).path, withDestinationPath: "/nonexistent/file")
        let result = try await runner.pvelua("--cluster", "demo", "--format", "json", "-e", "return 1")
        #expect(result.status == 2)
        #expect(result.jsonError?["kind"]?.string == "config")
    }

    @Test func aMissingFileThatWasNamedIsAnError() async throws {
        #expect(try await runner.pvelua("--config", "/nonexistent.yaml", "config", "check").status == 2)
        #expect(try await runner.pvelua(["-e", "1"], environment: ["PVELUA_CONFIG": "/nonexistent.yaml"]).status == 2)
    }

    @Test func listShowsEveryClusterAndAsksNone() async throws {
        _ = try await runner.pvelua("config", "init")
        let result = try await runner.pvelua("--format", "json", "cluster", "list")
        let names = try JSONValue(parsing: result.output).array?.compactMap { $0["name"]?.string }
        #expect(names == ["lab", "demo"])
        #expect(try await runner.pvelua("cluster", "list").output.contains("pve1.lan"))
    }

    @Test func aBrokenPolicyIsToldWithItsPlace() async throws {
        _ = try await runner.pvelua("config", "init")
        let policy = configFile.deletingLastPathComponent().appendingPathComponent("policy.yaml")
        try Data("version: 1\nrules:\n  - { id: a, actions: [\"guest.*\"], efect: allow }\n".utf8).write(to: policy)
        let result = try await runner.pvelua("--cluster", "demo", "-e", "return 1")
        #expect(result.status == 2)
        #expect(result.errors.contains("policy.yaml:3"), "\(result.errors)")
    }

    @Test func theUsersPolicyDecides() async throws {
        _ = try await runner.pvelua("config", "init")
        let policy = configFile.deletingLastPathComponent().appendingPathComponent("policy.yaml")
        try Data("version: 1\nrules:\n  - { id: all, actions: [\"read.*\"], effect: allow }\n".utf8).write(to: policy)
        #expect(try await runner.lua("pve.vm_action(nil, 103, 'start')").status == 22)
        #expect(try await runner.lua("#pve.list_vms()").status == 0)
    }
}
