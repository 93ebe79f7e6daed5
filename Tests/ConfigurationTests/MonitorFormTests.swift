// SPDX-License-Identifier: Apache-2.0
import Configuration
import Foundation
import Model
import TestSupport
import Testing

/// The section `monitor` of the configuration.
struct MonitorFormTests {
    private static func read(_ section: String) throws -> MonitorConfiguration {
        try ConfigurationFile.parse("version: 1\n" + section, file: "c.yaml", home: "/home/alice").monitor
    }

    @Test func `without a section the shipped rules hold`() throws {
        #expect(try Self.read("") == .shipped)
        #expect(try Self.read("monitor: {}").plan == .shipped)
    }

    /// The example that `config init` writes, its monitor no longer commented out.
    @Test func `the example in the configuration and on the page is sound and the same`() throws {
        let example = try String(
            contentsOf: Places.repository.appendingPathComponent("assets/config.example.yaml"), encoding: .utf8)
        let lines = example.components(separatedBy: "\n").drop { $0 != "# monitor:" }.map { $0.dropFirst(2) }
        let section = lines.joined(separator: "\n")
        let page = try String(contentsOf: Places.repository.appendingPathComponent("docs/monitor.md"), encoding: .utf8)
        let shown = page.components(separatedBy: "```yaml\nmonitor:").dropFirst().first?.components(
            separatedBy: "\n```"
        ).first
        #expect(shown.map { "monitor:" + $0 } == section.trimmingCharacters(in: .newlines))
        let monitor = try Self.read(section)
        #expect(monitor.plan.rules.count == 17 && monitor.plan.silences.count == 2 && monitor.channels.count == 5)
        // Every condition is shown, but those that are always there.
        let shownNames = Set(monitor.plan.rules.map(\.condition.name))
        #expect(shownNames.count == 15)
    }

    @Test func `a rule says what it looks for, where, how long and how often`() throws {
        let plan = try Self.read(
            """
            monitor:
              interval: 30s
              repeat: never
              rules:
                - { id: a, when: storage_above, percent: 85, clear: 80, storages: "local*", nodes: [pve1], for: 5m }
                - { id: b, when: guest_stopped, guests: { tag: [a, b], pool: p, name: "w-*", vmid: 101, onboot: true },
                    except: { vmid: [7000] }, severity: critical, repeat: 2h, resolve_after: 1m }
            """
        ).plan
        #expect(plan.interval == 30)
        var a = AlertRule("a", .storageAbove(AlertThreshold(85, clear: 80)), hold: 300)
        a.storages = [Glob("local*")]
        a.nodes = [Glob("pve1")]
        #expect(plan.rules[0] == a)
        var b = AlertRule("b", .guestStopped, severity: .critical, repeats: 7200)
        b.calm = 60
        (b.guests.tags, b.guests.pools, b.guests.names) = ([Glob("a"), Glob("b")], [Glob("p")], [Glob("w-*")])
        (b.guests.vmids, b.guests.onboot) = ([101], true)
        b.except = GuestSelector()
        b.except?.vmids = [7000]
        #expect(plan.rules[1] == b)
        #expect(plan.rules.dropFirst(2).map(\.id) == ["cluster-unreachable", "cannot-see"], "these are always there")
    }

    @Test func `an own rule takes the place of one that is always there`() throws {
        let plan = try Self.read(
            "monitor: { rules: [{ id: gone, when: cluster_unreachable, for: 5m, severity: warning }] }"
        ).plan
        #expect(plan.rules.map(\.id) == ["gone", "cannot-see"])
    }

    /// A section on the second line, where it is wrong, and what must be said of it.
    @Test(arguments: [
        ("{ interval: 5 }", 22, "expected a time"), ("{ interval: 0s }", 22, "1s or more"),
        ("{ intervall: 5s }", 12, "did you mean `interval`?"),
        ("{ repeat: 5s }", 20, "60s or more"),
        ("{ rules: [{ id: a }] }", 20, "needs the key `when`"),
        ("{ rules: [{ id: a, when: node_ofline }] }", 35, "did you mean `node_offline`?"),
        ("{ rules: [{ when: no_quorum }] }", 20, "needs the key `id`"),
        ("{ rules: [{ id: a b, when: no_quorum }] }", 26, "letters, digits"),
        (
            "{ rules: [{ id: a, when: no_quorum, percent: 3 }] }", 46,
            "it goes with storage_above, memory_above, cpu_above"
        ),
        ("{ rules: [{ id: a, when: storage_above }] }", 20, "needs the key `percent`"),
        ("{ rules: [{ id: a, when: storage_above, percent: 101 }] }", 59, "from 0 to 100"),
        ("{ rules: [{ id: a, when: storage_above, percent: 80, clear: 90 }] }", 70, "must not be above"),
        ("{ rules: [{ id: a, when: backup_older, age: 3 }] }", 54, "26h or 14d"),
        ("{ rules: [{ id: a, when: backup_older, age: 99999d }] }", 54, "longer than ten years"),
        ("{ rules: [{ id: a, when: no_quorum }, { id: a, when: no_quorum }] }", 48, "two rules `a`"),
        ("{ rules: [{ id: a, when: no_quorum, severity: high }] }", 56, "warning, critical"),
        ("{ rules: [{ id: a, when: guest_stopped, guests: {} }] }", 58, "leave it out for all"),
        ("{ rules: [{ id: a, when: guest_stopped, guests: { vmid: 5 } }] }", 66, "100"),
        ("{ rules: [{ id: cannot-see, when: no_quorum }] }", 19, "always there"),
        ("{ silence: [{ until: 2026-01-01 }] }", 22, "names rules, guests"),
        ("{ silence: [{ rules: nope }] }", 31, "no rule is called `nope`"),
        ("{ silence: [{ nodes: a, until: tomorrow }] }", 41, "2026-12-01"),
        ("{ silence: [{ nodes: a, from: 2026-02-01, until: 2026-01-01 }] }", 22, "ends before it begins"),
        ("{ channels: [{ id: a }] }", 23, "exactly one of stdout, command and webhook"),
        ("{ channels: [{ id: a, stdout: true, command: [x] }] }", 23, "exactly one of"),
        ("{ channels: [{ id: a, command: \"page now\" }] }", 41, "without a shell"),
        ("{ channels: [{ id: a, command: [] }] }", 41, "name the program"),
        ("{ channels: [{ id: a, stdout: true, form: ntfy }] }", 52, "goes with `webhook`"),
        ("{ channels: [{ id: a, webhook: \"ftp://x/\" }] }", 41, "http or https"),
        ("{ channels: [{ id: a, webhook: \"https://user:pw@x/\" }] }", 41, "no user"),
        ("{ channels: [{ id: a, webhook: \"http://hook.lan/\", token: { env: X } }] }", 41, "not sent without TLS"),
        (
            "{ channels: [{ id: a, webhook: \"http://127.evil.example/\", token: { env: X } }] }", 41,
            "not sent without TLS"
        ),
        ("{ channels: [{ id: a, webhook: \"https://x/\", token: s3cret }] }", 62, "a secret does not belong"),
        ("{ channels: [{ id: a, webhook: \"https://x/\", token: prompt }] }", 62, "nobody sits before a monitor"),
        ("{ channels: [{ id: a, webhook: \"https://x/\", form: slack }] }", 61, "json, ntfy, alertmanager"),
        ("{ channels: [{ id: a, stdout: true, timeout: 5m }] }", 55, "2m"),
        ("{ channels: [{ id: a, stdout: true }, { id: a, stdout: true }] }", 48, "two channels `a`"),
    ])
    func `what is wrong is told with its place`(section: String, column: Int, words: String) throws {
        let failure = try #require(throws: Failure.self) { try Self.read("monitor: \(section)") }
        #expect(failure.kind == .config)
        #expect(failure.message.hasPrefix("c.yaml:2:\(column): "), "\(failure.message)")
        #expect(failure.message.contains(words), "\(failure.message)")
        #expect(!failure.message.contains("s3cret"))
    }

    @Test(arguments: [
        ("https://a.example", false, "a.example", 443, "/"), ("http://[::1]:9093/x?y=1", true, "::1", 9093, "/x?y=1"),
        ("HTTPS://A:8443?q", false, "A", 8443, "/?q"),
    ])
    func `addresses are taken apart`(text: String, isPlain: Bool, host: String, port: Int, target: String) throws {
        let address = try #require(WebhookAddress(text))
        #expect(address.isPlain == isPlain && address.host == host && address.port == port && address.target == target)
    }

    @Test(arguments: [
        "", "https://", "https://:1/", "https://a:0/", "https://a:99999/", "https://a b/", "https://a/\r\nX: y",
        "https://a/#x", "https://a\\b/", "https://[a]/", "https://[::1]x/", "javascript:x",
    ])
    func `what is no address is refused`(text: String) { #expect(WebhookAddress(text) == nil) }
}
