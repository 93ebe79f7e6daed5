// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Configuration
import Text

struct ConfigurationFileTests {
    private func parse(_ text: String) throws(Failure) -> ConfigurationFile {
        try ConfigurationFile.parse(text, file: "c", home: "/home/a")
    }
    private static let auth = "auth: { token_id: a@pve!bb, token_secret: { env: T } }"

    @Test func readsTheExampleThatPveluaShips() throws {
        let url = Places.repository.appendingPathComponent("assets/config.example.yaml")
        let file = try parse(String(decoding: try Data(contentsOf: url), as: UTF8.self))
        #expect(file.defaultCluster == "lab")
        let lab = try #require(file.cluster(named: "lab"))
        #expect(lab.hosts == [HostAddress(host: "pve1.lan"), HostAddress(host: "pve2.lan", port: 8006)])
        #expect(
            lab.auth
                == .token(id: "automation@pve!runbooks", secret: .file("~/.config/pvelua/lab.token"), place: "c:9:21"))
        #expect(lab.tls == TLSConfiguration(caFile: "/home/a/.config/pvelua/lab-ca.pem"))
        #expect(lab.timeouts == TimeoutConfiguration(connect: 5, request: 30, task: 300))
        #expect(file.snapshots == .shipped)
    }

    @Test func takesWhatMayBeLeftOut() throws {
        #expect(try parse("version: 1") == .none)
        let lab = try #require(try parse("version: 1\nclusters: { lab: { hosts: [a], \(Self.auth) } }").clusters.first)
        #expect(lab.tls == TLSConfiguration() && lab.timeouts == TimeoutConfiguration())
        #expect(lab.auth == .token(id: "a@pve!bb", secret: .environment("T"), place: "c:2:74"))
    }

    @Test(arguments: [
        ("", "c:1:1: the configuration must be a mapping, found nothing"),
        ("version: 2", "c:1:10: expected a number from 1 to 1, found 2"),
        ("version: 1\ncluster: {}", "c:2:1: unknown key `cluster`; did you mean `clusters`?"),
        ("version: 1\ndefault_cluster: lab", "c:2:18: there is no cluster `lab`"),
        ("version: 1\nclusters: { demo: {} }", "c:2:13: `demo` is the cluster that is built in; choose another name"),
        (
            "version: 1\nclusters: { l/b: {} }",
            "c:2:13: a cluster's name is made of letters, digits, `-`, `_` and `.`"
        ),
        ("version: 1\nclusters: { lab: { \(auth) } }", "c:2:18: a cluster needs the key `hosts`"),
        ("version: 1\nclusters: { lab: { hosts: [], \(auth) } }", "c:2:27: name at least one host"),
        ("version: 1\nclusters: { lab: { hosts: [a] } }", "c:2:18: a cluster needs the key `auth`"),
        (
            "version: 1\nsnapshots: { name: \"snap {number}\" }",
            "c:2:20: a snapshot's name is made of letters, digits, `-` and `_`"
        ),
        ("version: 1\nsnapshots: { name: \"1-{number}\" }", "c:2:20: a snapshot's name begins with a letter"),
        (
            "version: 1\nsnapshots: { name: \"a-{nummer}\" }",
            "c:2:20: unknown placeholder `{nummer}`; there are {number} {date} {time} {vmid} {name}"
        ),
        (
            "version: 1\nsnapshots: { name: \"a-{date:04d}\" }",
            "c:2:20: only {number} takes a width, written as {number:04d}"
        ),
        ("version: 1\nsnapshots: { name: \"a-{number\" }", "c:2:20: `{` without `}`"),
        ("version: 1\nsnapshots: { first_number: -1 }", "c:2:28: expected a number from 0 to 999999999, found -1"),
    ])
    func saysWhereTheFileIsWrong(_ text: String, _ expected: String) {
        #expect(throws: Failure(.config, expected)) { try parse(text) }
    }

    @Test func timesAndLimitsAreReadAndHaveDefaults() throws {
        let text = "version: 1\nclusters:\n  lab:\n    hosts: [a]\n    \(Self.auth)\n"
        let plain = try #require(try parse(text).clusters.first)
        #expect(plain.timeouts.stall == 10)
        #expect(plain.limits == LimitConfiguration(connections: 8, answer: 64 << 20))
        let more = "    timeouts: { stall: 2500ms }\n    limits: { connections: 3, answer: 512KiB }\n"
        let set = try #require(try parse(text + more).clusters.first)
        #expect(set.timeouts == TimeoutConfiguration(stall: 2.5))
        #expect(set.limits == LimitConfiguration(connections: 3, answer: 512 << 10))
    }

    @Test(arguments: [
        ("tls: { verify: false }", "unknown key `verify`: certificates are always checked and there is no way to turn"),
        ("tls: { insecure: true }", "unknown key `insecure`: certificates are always checked"),
        ("verify_ssl: false", "unknown key `verify_ssl`: certificates are always checked"),
        ("tls: { fingerprint: x }", "unknown key `fingerprint`; did you mean `fingerprints`?"),
        ("tls: { fingerprints: [\"AA:BB\"] }", "expected a SHA-256 fingerprint: 32 pairs of hexadecimal digits"),
        ("tls: { ca_file: ca.pem }", "expected a path that begins with / or ~/, found `ca.pem`"),
        ("timeouts: { connect: 5 }", "expected a time such as 300ms, 5s, 2m or 1h, found `5`"),
        ("timeouts: { connect: 0s }", "expected a time such as 300ms, 5s, 2m or 1h, found `0s`"),
        ("timeouts: { task: 999h }", "longer than a week"),
        ("timeouts: { stall: never }", "expected a time such as 300ms, 5s, 2m or 1h, found `never`"),
        ("limits: { connections: 0 }", "expected a number from 1 to 64, found 0"),
        ("limits: { connections: 65 }", "expected a number from 1 to 64, found 65"),
        ("limits: { answer: 64 }", "expected a size such as 512KiB, 64MiB or 1GiB, found `64`"),
        ("limits: { answer: 0MiB }", "expected a size such as 512KiB, 64MiB or 1GiB, found `0MiB`"),
        ("limits: { answer: 999999999GiB }", "expected a size such as 512KiB, 64MiB or 1GiB"),
        ("limits: { conections: 4 }", "unknown key `conections`; did you mean `connections`?"),
        ("timeouts: { conect: 5s }", "unknown key `conect`; did you mean `connect`?"),
    ])
    func saysWhatIsWrongWithACluster(_ line: String, _ expected: String) {
        let failure = #expect(throws: Failure.self) {
            try parse("version: 1\nclusters:\n  lab:\n    hosts: [a]\n    \(Self.auth)\n    \(line)\n")
        }
        #expect(failure?.kind == .config)
        #expect(failure?.message.hasPrefix("c:6:") == true)
        #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
    }

    @Test(arguments: [
        ("{ token_id: a@pve!bb }", "auth needs the key `token_secret`"),
        ("{ token_id: a@pve, token_secret: { env: T } }", "expected user@realm!name, such as"),
        ("{ token_id: \"a@pve!b c\", token_secret: { env: T } }", "expected user@realm!name, such as"),
        ("{ token_id: \"a@pve!b\\n\", token_secret: { env: T } }", "expected user@realm!name, such as"),
        ("{ token_id: a@pve!bb, token_secret: 123-456 }", "a secret does not belong into the configuration"),
        ("{ token_id: a@pve!bb, token_secret: { env: T, file: /f } }", "exactly one of file, env, command and prompt"),
        ("{ token_id: a@pve!bb, token_secret: {} }", "exactly one of file, env, command and prompt"),
        ("{ token_id: a@pve!bb, token_secret: { command: [] } }", "name the program to run"),
        ("{ token_id: a@pve!bb, token_secret: { file: token } }", "a path that begins with / or ~/"),
        ("{ token_id: a@pve!bb, token_secret: { evn: T } }", "unknown key `evn`; did you mean `env`?"),
    ])
    func saysWhatIsWrongWithAuth(_ auth: String, _ expected: String) {
        let failure = #expect(throws: Failure.self) {
            try parse("version: 1\nclusters:\n  lab:\n    hosts: [a]\n    auth: \(auth)\n")
        }
        #expect(failure?.message.hasPrefix("c:5:") == true)
        #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("123-456") == false, "a secret must not be repeated")
    }

    @Test(arguments: [
        ("pve1.lan", "pve1.lan:8006"), ("pve1:443", "pve1:443"), ("192.0.2.1", "192.0.2.1:8006"),
        ("\"[2001:db8::1]:8007\"", "[2001:db8::1]:8007"), ("\"2001:db8::1\"", "[2001:db8::1]:8006"),
        ("\"[2001:db8::1]\"", "[2001:db8::1]:8006"), ("https://pve1", nil), ("\"pve1:\"", nil), ("pve1:0", nil),
        ("pve1:65536", nil), ("\"a b\"", nil), ("\"\"", nil), ("-a", nil), ("a@b", nil), ("\"[pve1]:1\"", nil),
        ("\"pve1:+80\"", nil),
    ])
    func readsHosts(_ text: String, _ expected: String?) {
        let file = try? parse("version: 1\nclusters: { lab: { hosts: [\(text)], \(Self.auth) } }")
        #expect(file?.clusters.first?.hosts.first?.description == expected)
    }

    @Test func normalisesFingerprints() {
        let digits = String(repeating: "ab", count: 32)
        let expected = Array(repeating: "AB", count: 32).joined(separator: ":")
        #expect(Fingerprint(digits)?.description == expected)
        #expect(Fingerprint(expected.lowercased())?.description == expected)
        #expect(Fingerprint(digits + "ab") == nil)
        #expect(Fingerprint(expected + ":") == nil)
        #expect(Fingerprint(String(repeating: "g", count: 64)) == nil)
    }

    @Test(
        arguments: [
            ("300ms", 0.3), ("5s", 5), ("2m", 120), ("1h", 3600), ("", nil), ("s", nil), ("5", nil), ("-5s", nil),
            ("1.5s", nil), ("5 s", nil), ("9999999999s", nil), ("5d", 432_000), ("5w", nil),
        ] as [(String, Double?)])
    func readsTimes(_ text: String, _ expected: Double?) {
        #expect(TimeSpan.seconds(text) == expected)
    }

    @Test func aNodeNeedsNeitherTokenNorCertificate() throws {
        let here = try #require(try parse("version: 1\nclusters: { here: { hosts: [local] } }").clusters.first)
        #expect(here.auth == .local(program: "/usr/bin/pvesh"))
        #expect(here.hosts.count == 1)
        let other = try parse(
            "version: 1\nclusters: { here: { hosts: [local], pvesh: /opt/pvesh, timeouts: { task: 5s } } }")
        #expect(other.clusters.first?.auth == .local(program: "/opt/pvesh"))
        #expect(other.clusters.first?.timeouts.task == 5)
    }

    @Test(arguments: [
        ("hosts: [local, pve1.lan]", "c:2:35: `local` stands alone: pvesh on this node reaches the whole cluster"),
        ("hosts: [pve1.lan, local]", "c:2:28: `local` stands alone: pvesh on this node reaches the whole cluster"),
        (
            "hosts: [local], \(auth)",
            "c:2:42: `hosts: [local]` takes no `auth`: pvesh needs neither a token nor a certificate"
        ),
        (
            "hosts: [local], tls: {}",
            "c:2:41: `hosts: [local]` takes no `tls`: pvesh needs neither a token nor a certificate"
        ),
        ("hosts: [local], pvesh: pvesh", "c:2:43: expected a path that begins with /, found `pvesh`"),
        ("hosts: [a], pvesh: /usr/bin/pvesh, \(auth)", "c:2:39: `pvesh` goes with `hosts: [local]`"),
    ])
    func whatDoesNotGoWithANodeIsAnError(_ cluster: String, _ expected: String) {
        let failure = #expect(throws: Failure.self) { try parse("version: 1\nclusters: { lab: { \(cluster) } }") }
        #expect(failure?.message == expected)
    }

    @Test func aProgramThatOthersCouldReplaceIsRefused() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("pvesh", "#!/bin/sh\n", mode: 0o755)
        #expect(throws: Never.self) { try FileContent.checkProgram(file.path) }
        #expect(throws: Never.self) { try FileContent.checkProgram("/usr/bin/env") }
        for mode in [0o775, 0o757, 0o644] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
            #expect(throws: Failure.self, "\(String(mode, radix: 8))") { try FileContent.checkProgram(file.path) }
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.url.path)
        for path in [file.path, folder.url.path, folder.url.path + "/missing"] {
            #expect(throws: Failure.self) { try FileContent.checkProgram(path) }
        }
    }

    @Test func findsTheFileTheEnvironmentNames() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("c.yaml", "version: 1\n")
        let home = folder.url.path
        #expect(
            try ConfigurationFile.load(environment: ["PVELUA_CONFIG": file.path], home: home) == ConfigurationFile.none)
        #expect(try ConfigurationFile.load(environment: [:], home: home, config: "~/c.yaml") == ConfigurationFile.none)
        #expect(try ConfigurationFile.load(environment: [:], home: home) == nil)
        #expect(throws: Failure(.config, "\(home)/missing: there is no such file")) {
            try ConfigurationFile.load(environment: ["PVELUA_CONFIG": "\(home)/missing"], home: home)
        }
    }

    @Test func followsTheXDGVariables() {
        let plain = Locations(environment: ["XDG_CONFIG_HOME": "relative"], home: "/h")
        #expect(plain.config == "/h/.config/pvelua/config.yaml" && plain.policy == "/h/.config/pvelua/policy.yaml")
        #expect(plain.journal == "/h/.local/state/pvelua/journal.sqlite")
        #expect(plain.history == "/h/.local/state/pvelua/history" && plain.ceiling == "/etc/pvelua/policy.yaml")
        let moved = Locations(
            environment: ["XDG_CONFIG_HOME": "/x", "XDG_STATE_HOME": "/y", "PVELUA_CONFIG": "/z"], home: "/h",
            config: "/command-line")
        #expect(moved.config == "/command-line" && moved.policy == "/x/pvelua/policy.yaml")
        #expect(moved.journal == "/y/pvelua/journal.sqlite")
        #expect(Locations.expand("~bob/x", home: "/h") == "~bob/x")
    }
}
