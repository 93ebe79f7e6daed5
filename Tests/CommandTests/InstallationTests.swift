// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import Commands

/// What `make install` puts where, and that `make uninstall` takes it away again.
struct InstallationTests {
    private let folder: TemporaryFolder
    private var root: URL { folder.url.appendingPathComponent("a root") }

    init() throws { folder = try TemporaryFolder() }

    /// Programs that call the real ones: copies of debug builds are large.
    private func binaries() throws -> URL {
        let place = folder.url.appendingPathComponent("binaries")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for name in ["pvelua", "pvelua-worker", "pvelua-sim"] {
            let real = Places.products.appendingPathComponent(name).path
            _ = try folder.write("binaries/\(name)", "#!/bin/sh\nexec '\(real)' \"$@\"\n", mode: 0o755)
        }
        return place
    }

    private func script(_ arguments: String..., path: String = "/usr/bin:/bin") async throws -> ProcessResult {
        try await run(
            Places.repository.appendingPathComponent("scripts/install"), arguments,
            environment: ["PATH": path, "NOSTRIP": "1", "DESTDIR": root.path, "HOME": folder.url.path])
    }

    private func files() throws -> [String] {
        guard FileManager.default.fileExists(atPath: root.path) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(
                atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder)
            return !isFolder.boolValue
        }.sorted()
    }

    /// Whether there is such a program here; what is not there is not asked.
    private func program(_ name: String) -> URL? {
        ["/usr/bin", "/bin"].map { URL(fileURLWithPath: $0).appendingPathComponent(name) }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }

    @Test func whatIsInstalledIsCompleteAndSoundAndGoesAwayAgain() async throws {
        let result = try await script(binaries().path, "/opt/pvelua")
        #expect(result.status == 0, "\(result.errors)")
        let place = "opt/pvelua/"
        let pages = PveluaMain.commands.map { (["pvelua"] + $0).joined(separator: "-") + ".1" }
        let wanted =
            ["bin/pvelua", "bin/pvelua-worker", "bin/pvelua-sim", "share/pvelua/installed"]
            + [
                "share/bash-completion/completions/pvelua", "share/zsh/site-functions/_pvelua",
                "share/fish/vendor_completions.d/pvelua.fish",
            ] + pages.map { "share/man/man1/\($0)" }
        #expect(try Set(files()) == Set(wanted.map { place + $0 }))

        let share = root.appendingPathComponent(place + "share")
        for (shell, file) in [
            ("bash", "bash-completion/completions/pvelua"), ("zsh", "zsh/site-functions/_pvelua"),
            ("fish", "fish/vendor_completions.d/pvelua.fish"),
        ] {
            let script = share.appendingPathComponent(file)
            #expect(try String(contentsOf: script, encoding: .utf8).contains("doctor"), "\(shell)")
            guard let program = program(shell) else { continue }
            let checked = try await run(program, ["-n", script.path])
            #expect(checked.status == 0 && checked.errors.isEmpty, "\(shell): \(checked.errors)")
        }
        if let groff = program("groff") {
            let all = pages.map { share.appendingPathComponent("man/man1/\($0)").path }
            let shown = try await run(groff, ["-Tutf8", "-man", "-ww"] + all)
            #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
        }

        #expect(try await script("--remove", "/opt/pvelua").status == 0)
        #expect(try files() == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["opt"], "and its folders are gone")
    }

    @Test func whatSomebodyElsePutThereStays() async throws {
        let other = root.appendingPathComponent("usr/local/share/man/man1")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: other.appendingPathComponent("other.1"))
        let binaries = try binaries()
        #expect(try await script(binaries.path).status == 0)
        // A page of an earlier version goes with the next one.
        let list = root.appendingPathComponent("usr/local/share/pvelua/installed")
        let old = other.appendingPathComponent("pvelua-old.1")
        try Data("x".utf8).write(to: old)
        let text = try String(contentsOf: list, encoding: .utf8)
        try Data((text + "file share/man/man1/pvelua-old.1\n").utf8).write(to: list)
        #expect(try await script(binaries.path).status == 0)
        #expect(!FileManager.default.fileExists(atPath: old.path))
        #expect(try await script("--remove").status == 0)
        #expect(try files() == ["usr/local/share/man/man1/other.1"])
        #expect(FileManager.default.fileExists(atPath: root.appendingPathComponent("usr/local/share/man").path))
        #expect(!FileManager.default.fileExists(atPath: root.appendingPathComponent("usr/local/bin").path))
    }

    @Test func aListThatLeadsElsewhereIsRefused() async throws {
        let list = root.appendingPathComponent("usr/local/share/pvelua/installed")
        try FileManager.default.createDirectory(
            at: list.deletingLastPathComponent(), withIntermediateDirectories: true)
        let outside = try folder.write("outside", "x")
        try Data("file ../../../outside\n".utf8).write(to: list)
        let result = try await script("--remove")
        #expect(result.status != 0)
        #expect(FileManager.default.fileExists(atPath: outside.path))
    }

    @Test func nothingIsInstalledWhereSomethingIsMissing() async throws {
        let binaries = try binaries()
        try FileManager.default.removeItem(at: binaries.appendingPathComponent("pvelua-sim"))
        let result = try await script(binaries.path)
        #expect(result.status != 0)
        #expect(result.errors.contains("make build"), "\(result.errors)")
        #expect(try files() == [])
    }

    /// What bash offers for the last word of a line.
    @Test(arguments: [
        ("pvelua clu", "cluster"), ("pvelua cluster do", "doctor"), ("pvelua run --on-cancel u", "undo"),
        ("pvelua docs --sea", "--search"), ("pvelua run --format j", "json"),
        ("pvelua docs snapshot_r", "snapshot_rollback"), ("pvelua docs task_t", "task_timeout"),
        ("pvelua cluster doctor de", "demo"), ("pvelua run --cluster off", "office"),
        ("pvelua run examples/backup-a", "examples/backup-audit.lua"), ("pvelua plan examples/RE", ""),
    ])
    func bashCompletesCommandsOptionsAndValues(line: String, word: String) async throws {
        let runner = try CommandLineRunner()
        try runner.write("config.yaml", Self.office)
        let completions = try await runner.pvelua("--generate-completion-script", "bash")
        let file = try folder.write("completions", completions.output)
        let code = """
            source "$1"
            COMP_LINE=$2 COMP_POINT=${#2} COMP_TYPE=9 COMP_KEY=9
            read -ra COMP_WORDS <<<"$2"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _pvelua pvelua "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let bash = try #require(program("bash"))
        let result = try await run(
            bash, ["-c", code, "bash", file.path, line],
            environment: runner.surroundings.merging(["PATH": Places.products.path + ":/usr/bin:/bin"]) { $1 },
            directory: Places.repository)
        #expect(result.output.split(separator: "\n").joined(separator: " ") == word, "\(result.output)")
    }

    private static let office = """
        version: 1
        clusters:
          office: { hosts: [pve1.lan], auth: { token_id: "automation@pve!runbooks", token_secret: { env: NOTHING } } }
        """

    // MARK: - Manual pages

    @Test func aManualPageTellsWhatHelpTells() async throws {
        let page = try #require(ManualPages.all().first { $0.name == "pvelua-cluster-add" }).text
        let help = try await CommandLineRunner().pvelua("cluster", "add", "--help").output
        let options = help.matches(of: #/\n  (--[a-z-]+)/#).map { String($0.output.1) }
        #expect(options.count > 5)
        for option in options { #expect(page.contains(option.replacing("-", with: "\\-")), "\(option)") }
        #expect(page.contains(".SH \"EXIT STATUS\""))
    }

    @Test func theFirstPageNamesEveryCommandAndFile() throws {
        let page = try #require(ManualPages.all().first).text
        #expect(page.hasPrefix(".\\\"") && page.contains(".TH \"PVELUA\" 1"))
        for words in PveluaMain.commands where words.count == 1 {
            #expect(page.contains(".BR \"pvelua\\-\(words[0])\" (1)"), "\(words)")
        }
        #expect(page.contains("policy.yaml") && page.contains("PVELUA_CLUSTER"))
    }
}
