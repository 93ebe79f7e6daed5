// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What can be read outside of pvelua while it knows a secret: output, journal, other processes.
struct SecretLeakTests {
    let bench: LoginBench
    init() async throws { bench = try await LoginBench() }

    /// Secrets as they are, as they go into a cookie, and every ticket.
    private static let hidden = [
        LoginBench.root, "the%20root%20pass", "alice-pass-93", LoginBench.totp, "wrong-pass-41", "PVE:root@pam:",
        "PVE%3Aroot", "PVE:alice", "PVE:!tfa!", "PVEAuthCookie", "00000000-0000-4000-8000-000000000001",
    ]

    private func expectClean(_ text: String, _ place: String) {
        for secret in Self.hidden { #expect(!text.contains(secret), "\(secret) in \(place)") }
    }

    private func expectClean(_ result: ProcessResult, _ place: String) throws {
        expectClean(result.output, "stdout: \(place)")
        expectClean(result.errors, "stderr: \(place)")
        let files =
            FileManager.default.enumerator(
                at: bench.runner.home.url.appendingPathComponent("state"), includingPropertiesForKeys: nil)?.allObjects
            as? [URL] ?? []
        for file in files where !file.hasDirectoryPath {
            // Bytes that are no UTF-8 are of no interest: every secret here is ASCII.
            expectClean(String(decoding: try Data(contentsOf: file), as: UTF8.self), file.lastPathComponent)
        }
    }

    private func auth(_ user: String, _ password: String, totp: Bool = false) throws -> String {
        let file = try bench.runner.home.write("password", password + "\n").path
        guard totp else { return "{ user: \(user), password: { file: \"\(file)\" } }" }
        let second = try bench.runner.home.write("totp", LoginBench.totp + "\n").path
        return "{ user: \(user), password: { file: \"\(file)\" }, totp: { file: \"\(second)\" } }"
    }

    enum Trouble: String, CaseIterable, Sendable {
        case none, wrongPassword, secondFactor, noFactor, wrongCertificate, nobodyThere, refusedChange, scriptError
        case garbage, truncate, reset, dropAfterEffect, serverError, hugeLogin, badTOTP, openSecretFile
    }

    private func prepare(_ trouble: Trouble) async throws {
        switch trouble {
        case .wrongPassword: try bench.configure(auth: auth("root@pam", "wrong-pass-41"))
        case .secondFactor: try bench.configure(auth: auth("alice@pve", "alice-pass-93", totp: true))
        case .noFactor: try bench.configure(auth: auth("alice@pve", "alice-pass-93"))
        case .wrongCertificate:
            try bench.configure(
                auth: auth("root@pam", LoginBench.root), tls: "{ fingerprints: [\"\(bench.wrongPin)\"] }")
        case .badTOTP:
            let file = try bench.runner.home.write("bad", "wrong-pass-41").path
            let good = try auth("alice@pve", "alice-pass-93").dropLast(2)
            try bench.configure(auth: "\(good), totp: { file: \"\(file)\" } }")
        case .openSecretFile:
            let file = try bench.runner.home.write("open", "wrong-pass-41", mode: 0o644).path
            try bench.configure(auth: "{ user: root@pam, password: { file: \"\(file)\" } }")
        default: try bench.configure(auth: auth("root@pam", LoginBench.root))
        }
        if trouble == .nobodyThere {
            let text = bench.text.replacingOccurrences(of: bench.host, with: "127.0.0.1:1")
            try Data(text.utf8).write(to: bench.configuration)
        }
        let effects: [Trouble: String] = [
            .garbage: "garbage", .truncate: "truncate", .reset: "reset", .dropAfterEffect: "drop-after-effect",
        ]
        if let effect = effects[trouble] {
            _ = try await bench.server.control("/sim/faults", body: "{\"effect\":\"\(effect)\",\"count\":100}")
        }
        if trouble == .serverError {
            _ = try await bench.server.control(
                "/sim/faults", body: "{\"effect\":\"status\",\"status\":500,\"reason\":\"odd\",\"count\":100}")
        }
        if trouble == .hugeLogin {
            _ = try await bench.server.control(
                "/sim/faults", body: "{\"effect\":\"huge-body\",\"bytes\":1000000,\"method\":\"POST\",\"count\":100}")
        }
    }

    @Test(arguments: Trouble.allCases, ["text", "json"])
    func noSecretIsInOutputLogOrJournal(_ trouble: Trouble, _ format: String) async throws {
        try await prepare(trouble)
        let code =
            switch trouble {
            case .refusedChange: "pve.vm_action(nil, 4242, 'start')"
            case .scriptError: "for k, v in pairs(_G) do print(k, v) end; error(pve.version())"
            default: "pve.list_vms(); pve.vm_action(nil, 100, 'shutdown')"
            }
        let run = try await bench.runner.pvelua("--yes", "--log-level", "debug", "--format", format, "-e", code)
        try expectClean(run, "\(trouble)")
        #expect(
            (run.status == 0) == [.none, .secondFactor].contains(trouble), "\(trouble): \(run.status) \(run.errors)")
        if trouble == .none { #expect(run.errors.contains("/access/ticket"), "the log tells of the login") }
        guard trouble != .secondFactor else { return }
        let login = try await bench.runner.pvelua("cluster", "login", "--log-level", "debug", "--format", format)
        try expectClean(login, "login, \(trouble)")
    }

    @Test func aCrashLeavesNoCore() async throws {
        let seen = bench.runner.home.url.appendingPathComponent("limits").path
        let file = try bench.runner.home.write("password", LoginBench.root + "\n").path
        let command = "{ command: [sh, -c, 'cat /proc/$PPID/limits > \(seen); cat \(file)'] }"
        try bench.configure(auth: "{ user: root@pam, password: \(command) }")
        _ = try await bench.runner.pvelua("-e", "pve.list_vms()")
        let limits = try String(contentsOfFile: seen, encoding: .utf8)
        let core = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"], "\(core)")
    }

    @Test(arguments: ["file", "env", "command"])
    func otherProcessesDoNotGetIt(_ source: String) async throws {
        let file = try bench.runner.home.write("password", LoginBench.root + "\n").path
        let seen = bench.runner.home.url.appendingPathComponent("seen").path
        let command = bench.runner.home.url.appendingPathComponent("command").path
        let form =
            switch source {
            case "file": "{ file: \"\(file)\" }"
            case "env": "{ env: PW }"
            default:
                "{ command: [sh, -c, 'cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline > \(command); cat \(file)'] }"
            }
        try bench.configure(auth: "{ user: root@pam, password: \(form) }")
        // The worker lives while the script sleeps; what it was started with is looked at meanwhile.
        let script = """
            \(Places.products.appendingPathComponent("pvelua").path) -e 'pve.list_vms(); print("up"); pve.sleep(2)' &
            main=$!
            while [ -n "$(tr -d '\\0' < /proc/$main/cmdline)" ] && ! grep -q worker \(seen) 2>/dev/null; do
              sleep 0.1
              mine='{ id = $1; sub(/.*[)] /, ""); if ($2 == main) print id }'
              for child in $(cat /proc/[0-9]*/stat 2>/dev/null | awk -v main=$main "$mine"); do
                p=/proc/$child
                case "$(readlink $p/exe)" in */pvelua-worker) ;; *) continue ;; esac
                { echo worker; tr '\\0' '\\n' < $p/cmdline; tr '\\0' '\\n' < $p/environ; } >> \(seen)
              done
            done
            tr '\\0' '\\n' < /proc/$main/cmdline >> \(seen)
            wait $main
            """
        let own = bench.runner.surroundings
        let result = try await run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", script],
            environment: source == "env" ? own.merging(["PW": LoginBench.root]) { $1 } : own,
            directory: Places.repository)
        #expect(result.status == 0 && result.output == "up\n", "\(result.errors)")
        try expectClean(result, source)
        let text = try String(contentsOfFile: seen, encoding: .utf8)
        #expect(text.contains("worker"), "no worker was seen")
        expectClean(text, "a worker's command line or environment")
        if source == "command" {
            expectClean(String(decoding: try Data(contentsOf: URL(fileURLWithPath: command)), as: UTF8.self), "command")
        }
    }
}
