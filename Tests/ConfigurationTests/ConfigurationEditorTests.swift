// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

@testable import Configuration

struct ConfigurationEditorTests {
    static let pinA = Array(repeating: "AA", count: 32).joined(separator: ":")
    static let pinB = Array(repeating: "BB", count: 32).joined(separator: ":")
    static let pinC = Array(repeating: "CC", count: 32).joined(separator: ":")

    private func editor(_ text: String) -> ConfigurationEditor {
        ConfigurationEditor(text: text, file: "c", home: "/home/jo")
    }

    private func new(_ name: String = "lab2") -> ConfigurationEditor.NewCluster {
        ConfigurationEditor.NewCluster(
            name: name, hosts: [HostAddress(host: "pve1"), HostAddress(host: "2001:db8::1", port: 8007)],
            auth: .token(id: "a@pve!bb", secret: .file("~/t"), place: ""),
            tls: TLSConfiguration(fingerprints: [Self.pinA]))
    }

    private static let block = """
        lab2:
            hosts: ["pve1:8006", "[2001:db8::1]:8007"]
            auth:
              token_id: "a@pve!bb"
              token_secret: { file: "~/t" }
            tls:
              fingerprints:
                - "\(pinA)"

        """

    private static let old = "    hosts: [a]   # mine\n    auth: { token_id: a@pve!bb, token_secret: { env: T } }\n"

    @Test(arguments: [
        ("", "version: 1\nclusters:\n  " + block), ("\n", "version: 1\nclusters:\n  " + block),
        ("version: 1\n", "version: 1\nclusters:\n  " + block),
        (
            "# top\nversion: 1\nclusters:\n  lab: # first\n\(old)\n\n# about snapshots\nsnapshots: { first_number: 3 }\n",
            "# top\nversion: 1\nclusters:\n  lab: # first\n\(old)  \(block)\n\n# about snapshots\nsnapshots: { first_number: 3 }\n"
        ),
        (
            "version: 1\nclusters:\n  lab:\n\(old)    # the end",
            "version: 1\nclusters:\n  lab:\n\(old)    # the end\n  \(block)"
        ),
        (
            "default_cluster: lab\nclusters:\n  lab:\n\(old)version: 1\n",
            "default_cluster: lab\nclusters:\n  lab:\n\(old)  \(block)version: 1\n"
        ),
    ])
    func aClusterComesBehindTheOthersAndNothingElseChanges(_ before: String, _ after: String) throws {
        var editor = editor(before)
        try editor.add(new())
        #expect(editor.text == after)
    }

    @Test func lineEndsOfOtherSystemsStay() throws {
        var editor = editor(
            "version: 1\r\nclusters:\r\n  lab:\r\n" + Self.old.replacingOccurrences(of: "\n", with: "\r\n"))
        try editor.add(new())
        #expect(editor.text.replacingOccurrences(of: "\r\n", with: "").contains("\n") == false)
    }

    @Test(arguments: [
        ("{ version: 1 }", "a form that is not changed"), ("version: 1\nclusters: {}\n", "a form that is not changed"),
        (
            "version: 1\nclusters: { lab: { hosts: [a], auth: { token_id: a@pve!bb, token_secret: { env: T } } } }\n",
            "a form that is not changed"
        ),
        ("version: 1\nclusters:\n  lab2:\n" + old, "there is a cluster lab2 already"),
        ("version: 2\n", "c:1:10"), ("version: 1\nclusters:\n", "c:2:10: expected a mapping, found nothing"),
        ("version: 1\nclusterz: {}\n", "unknown key"), ("- a\n", "must be a mapping"),
    ])
    func whatCannotBeChangedSafelyIsLeftAlone(_ text: String, _ words: String) {
        var editor = editor(text)
        let failure = #expect(throws: Failure.self) { try editor.add(new()) }
        #expect(failure?.kind == .config && failure?.message.contains(words) == true, "\(failure?.message ?? "")")
        #expect(editor.text == text)
    }

    @Test(arguments: ["demo", "a b", "", "ä", "a:b", "a\n  b", "\"x\""])
    func aNameThatIsNoneIsRefused(_ name: String) {
        var editor = editor("version: 1\n")
        #expect(throws: Failure.self) { try editor.add(new(name)) }
        #expect(editor.text == "version: 1\n")
    }

    @Test(arguments: [
        "null", "true", "123", "0x1f", "1e3", "-", "..", "no",
    ])
    func namesThatLookLikeSomethingElseStayNames(_ name: String) throws {
        var editor = editor("version: 1\n")
        try editor.add(new(name))
        #expect(try ConfigurationFile.parse(editor.text, file: "c", home: "/").clusters.map(\.name) == [name])
    }

    @Test func hostileTextsStayOneScalar() throws {
        let paths = ["/a\": evil", "/a\\", "/a # b", "/a\nclusters: {}", "/é\u{1}"]
        for path in paths {
            var cluster = new()
            cluster.auth = .login(user: "alice@pam", password: .file(path), totp: .prompt, place: "")
            var editor = editor("version: 1\n")
            try editor.add(cluster)
            guard
                case .login(_, let password, let totp, _) = try ConfigurationFile.parse(
                    editor.text, file: "c", home: "/"
                ).clusters.first?.auth
            else {
                Issue.record("no login")
                continue
            }
            #expect(password == .file(path) && totp == .prompt)
        }
    }

    private static func cluster(_ tls: String) -> String {
        "version: 1\nclusters:\n  # ours\n  lab:\n\(old)\(tls)  # theirs\n  other:\n\(old)snapshots: { first_number: 3 }\n"
    }

    @Test(arguments: [
        ("", "    tls:\n      fingerprints:\n        - \"\(pinA)\"\n        - \"\(pinB)\"\n"),
        (
            "    tls: { ca_file: /ca } # x\n",
            "    tls: { fingerprints: [\"\(pinA)\", \"\(pinB)\"], ca_file: /ca } # x\n"
        ),
        ("    tls: {}\n", "    tls: { fingerprints: [\"\(pinA)\", \"\(pinB)\"]}\n"),
        (
            "    tls:\n      # the CA\n      ca_file: /ca\n",
            "    tls:\n      # the CA\n      fingerprints:\n        - \"\(pinA)\"\n        - \"\(pinB)\"\n      ca_file: /ca\n"
        ),
        (
            "    tls: { fingerprints: [\"\(pinA)\"] } # x\n",
            "    tls: { fingerprints: [\"\(pinA)\", \"\(pinB)\"] } # x\n"
        ),
        (
            "    tls:\n      fingerprints: [\n        '\(pinC)'\n      ]\n",
            "    tls:\n      fingerprints: [\"\(pinA)\", \"\(pinB)\"]\n"
        ),
        (
            "    tls:\n      fingerprints:\n      - \"\(pinA)\" # node 1\n      - \"\(pinC)\" # gone\n",
            "    tls:\n      fingerprints:\n      - \"\(pinA)\" # node 1\n      - \"\(pinB)\"\n"
        ),
    ])
    func fingerprintsAreSetWhereverTheyStand(_ before: String, _ after: String) throws {
        var editor = editor(Self.cluster(before))
        try editor.setFingerprints([Self.pinA, Self.pinB], of: "lab")
        #expect(editor.text == Self.cluster(after))
    }

    @Test func aFingerprintListWithACommentInsideIsLeftToPeople() {
        let text = Self.cluster("    tls:\n      fingerprints: [ # mine\n        \"\(Self.pinC)\" ]\n")
        var editor = editor(text)
        let failure = #expect(throws: Failure.self) { try editor.setFingerprints([Self.pinA], of: "lab") }
        #expect(failure?.hint?.contains(Self.pinA) == true)
        #expect(editor.text == text)
    }

    @Test func theLastFingerprintIsNotTakenAway() {
        var editor = editor(Self.cluster(""))
        #expect(throws: Failure.self) { try editor.setFingerprints([], of: "lab") }
        #expect(throws: Failure.self) { try editor.setFingerprints([Self.pinA], of: "nosuch") }
    }

    @Test func anotherClusterIsTheSameOnlyIfEverythingIs() throws {
        let text = "version: 1\nclusters:\n  lab:\n" + Self.old
        func lab(_ more: String) throws -> ClusterConfiguration {
            try #require(ConfigurationFile.parse(text + more, file: "c", home: "/").cluster(named: "lab"))
        }
        #expect(try lab("").isSame(as: lab("\n")))
        #expect(try !lab("").isSame(as: lab("    limits: { connections: 2 }\n")))
        #expect(try !lab("").isSame(as: lab("    timeouts: { stall: 2s }\n")))
    }

    @Test func aFileIsReplacedAtOneStrokeAndOnlyIfNobodyElseDid() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("real.yaml", "old")
        let link = folder.url.appendingPathComponent("link.yaml")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        try FileContent.replace(link.path, with: Array("new".utf8), expected: Array("old".utf8))
        #expect(try String(contentsOf: file, encoding: .utf8) == "new")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let failure = #expect(throws: Failure.self) {
            try FileContent.replace(link.path, with: Array("newer".utf8), expected: Array("old".utf8))
        }
        #expect(failure?.message.contains("changed meanwhile") == true)
        #expect(throws: Failure.self) { try FileContent.create(file.path, []) }
        // Left by a process that was killed and had the number of this one, as is usual in containers.
        _ = try folder.write("real.yaml.new-\(ProcessInfo.processInfo.processIdentifier)", "half")
        try FileContent.replace(link.path, with: Array("newest".utf8), expected: Array("new".utf8))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["link.yaml", "real.yaml"])
    }

    @Test func ofThoseWhoChangeAFileAtTheSameMomentNoneUndoesAnother() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write("config.yaml", "").path
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            var left = 10
            while left > 0 {
                guard let bytes = (try? FileContent.read(file, most: 1000)) ?? nil else { continue }
                if (try? FileContent.replace(file, with: bytes + [0x78], expected: bytes)) != nil { left -= 1 }
            }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == String(repeating: "x", count: 40))
    }
}
