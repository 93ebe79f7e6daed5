// SPDX-License-Identifier: Apache-2.0
import Configuration
import Foundation
import JSON
import Model
import Runbook
import Simulator
import Terminal
import TestSupport
import Testing

@testable import Commands
@testable import Proxmox

/// The doctor at clusters in this process, each in another state.
struct DoctorTests {
    private static let now: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    /// A cluster with a user `t@pve` and its token `x1`.
    private func seed(
        separated: Bool = true, _ grants: [(path: String, holder: String, role: String)] = []
    ) -> ClusterSeed {
        var seed = ClusterSeed.demo()
        seed.users.append(
            SimulatedUser("t@pve", tokens: [SimulatedToken("x1", secret: "s3cret", separated: separated)]))
        for grant in grants { seed.grants.append(SimulatedGrant(grant.path, holder: grant.holder, role: grant.role)) }
        return seed
    }

    private func visit(
        _ seed: ClusterSeed, token: String = "t@pve!x1=s3cret", now: @escaping @Sendable () -> Double = now,
        adjust: (SimulatedCluster) -> Void = { _ in }
    ) async -> DoctorReport {
        let cluster = SimulatedCluster(
            seed, clock: WallClock(scale: 0), options: SimulatedCluster.Options(authDelay: 0))
        adjust(cluster)
        let route = ClusterRoute(demo: cluster, token: token, name: "lab")
        return await DoctorVisit(route: route, now: now).report(after: [])
    }

    private func check(_ report: DoctorReport, _ topic: String) -> DoctorCheck? {
        report.checks.first { $0.topic == topic }
    }

    @Test func allIsWellForRoot() async {
        let report = await visit(.demo(), token: ClusterSeed.demo().token ?? "")
        #expect(report.status == .done)
        #expect(report.checks.allSatisfy { $0.verdict == .ok }, "\(report.checks)")
        #expect(report.access.count == OperationTable.all.count { $0.reach != .local })
        #expect(report.access.allSatisfy { ["yes", "depends"].contains($0.verdict) }, "\(report.access)")
    }

    @Test func aSeparatedTokenWithoutRightsOfItsOwnIsExplained() async {
        let report = await visit(seed([("/", "t@pve", "PVEVMAdmin")]))
        let found = check(report, "privileges")
        #expect(found?.verdict == .problem)
        #expect(found?.words.contains("every list is empty because of that") == true)
        #expect(found?.words.contains("privsep 1") == true)
        #expect(report.status == .refused)
        #expect(report.access.first { $0.operation == "vm_action" }?.verdict == "no")
    }

    @Test func whatTheUserHasAndTheTokenLacksIsToldWhereItCanBeSeen() async {
        // Sys.Audit at /access lets the token ask about its user.
        let report = await visit(
            seed([("/", "t@pve", "Administrator"), ("/", "t@pve!x1", "PVEAuditor")]))
        let row = report.access.first { $0.operation == "snapshot" }
        #expect(row?.verdict == "no")
        #expect(row?.words == "VM.Snapshot at /vms/{vmid} is missing (its user has it, the token has not)")
        #expect(report.status == .done, "rights that were never given are no fault: \(report.checks)")
    }

    @Test func whereOperationsMayBeDoneIsSaid() async {
        let report = await visit(
            seed([("/pool/web", "t@pve", "PVEVMUser"), ("/pool/web", "t@pve!x1", "PVEVMUser")]))
        let row = report.access.first { $0.operation == "vm_action" }
        #expect(row?.verdict == "partly")
        #expect(row?.words.hasPrefix("only on /pool/web, /vms/101") == true, "\(row?.words ?? "")")
        #expect(check(report, "privileges")?.verdict == .warning)
        #expect(check(report, "cluster")?.verdict == .unknown, "no Sys.Audit at /")
    }

    @Test(arguments: [("t@pve!x1=wrong", "401"), ("t@pve!none=s3cret", "401"), ("nobody@pve!x1=s3cret", "401")])
    func aTokenThatIsNotLetInIsAnAuthenticationProblem(token: String, words: String) async {
        let report = await visit(seed(), token: token)
        let found = check(report, "authentication")
        #expect(found?.verdict == .problem)
        #expect(found?.words.contains(words) == true)
        #expect(report.status == .authentication)
        #expect(check(report, "host")?.verdict == .ok, "a 401 is an answer")
    }

    @Test func anExpiredTokenIsNotLetIn() async {
        var seed = seed()
        seed.users[seed.users.count - 1].tokens[0].expires = 1_000_000
        #expect(await visit(seed).status == .authentication)
    }

    @Test func aTokenThatEndsSoonIsAWarning() async {
        var seed = ClusterSeed.demo()
        seed.users[0].tokens[0].expires = Int(Self.now()) + 3 * 86_400 + 43_200
        let report = await visit(seed, token: seed.token ?? "")
        #expect(check(report, "token")?.words == "it ends in 3 days")
        #expect(report.status == .done)
    }

    /// Seconds that this machine's clock is wrong, and the verdict.
    @Test(arguments: [
        (0.0, DoctorVerdict.ok, ""), (3, .ok, ""), (20, .warning, "behind"), (-20, .warning, "ahead"),
        (45, .warning, "TOTP"), (-45, .warning, "TOTP"), (400, .problem, "tickets"), (-9000, .problem, "tickets"),
    ])
    func clocksThatDifferAreJudgedByWhatTheyBreak(offset: Double, verdict: DoctorVerdict, words: String) async {
        let report = await visit(.demo(), token: ClusterSeed.demo().token ?? "", now: { Self.now() + offset })
        let found = check(report, "clock")
        #expect(found?.verdict == verdict, "\(found?.words ?? "")")
        #expect(found?.words.contains(words) == true || words.isEmpty)
        #expect(report.status == (verdict == .problem ? .usage : .done))
    }

    @Test func aClusterWithoutQuorumIsAProblem() async {
        var seed = ClusterSeed.demo()
        seed.quorate = false
        seed.nodes[1].online = false
        seed.nodes[2].online = false
        let report = await visit(seed, token: seed.token ?? "")
        #expect(report.status == .refused)
        #expect(check(report, "cluster")?.words == "demo has no quorum: nothing can be changed; offline: pve2, pve3")
    }

    @Test func nodesThatAreDownAreSeenEvenWithoutSysAudit() async {
        var seed = seed([("/vms", "t@pve", "PVEVMUser"), ("/vms", "t@pve!x1", "PVEVMUser")])
        seed.nodes[2].online = false
        let report = await visit(seed)
        #expect(check(report, "nodes")?.words == "offline: pve3")
        #expect(report.status == .done)
    }

    @Test(arguments: [
        ("8.4.1", DoctorVerdict.ok), ("9.1.3", .ok), ("7.4-3", .warning), ("10.0", .warning), ("x", .unknown),
    ])
    func oldAndUnknownVersionsAreTold(version: String, verdict: DoctorVerdict) throws {
        let sight = HostSight(
            name: "a", certificate: nil, version: .success(["version": .string(version)]), head: nil, seenAt: 0)
        #expect(ClusterCheckup.version([sight]).verdict == verdict)
    }

    @Test func nodesOfDifferentVersionsAreAWarning() {
        let sights = ["8.4.1", "9.0.3"].map {
            HostSight(name: $0, certificate: nil, version: .success(["version": .string($0)]), head: nil, seenAt: 0)
        }
        #expect(ClusterCheckup.version(sights).words == "Proxmox VE 8.4.1, 9.0.3: the nodes differ")
    }

    @Test func faultsInTheMiddleDoNotEndTheVisit() async {
        let report = await visit(
            .demo(), token: ClusterSeed.demo().token ?? "",
            adjust: { cluster in
                cluster.inject(Fault(.status(500, "it broke"), path: "/cluster/status", count: 99))
                cluster.inject(Fault(.garbage, path: "/access/permissions", count: 99))
            })
        #expect(check(report, "cluster")?.verdict == .problem)
        #expect(check(report, "privileges")?.verdict == .problem)
        #expect(check(report, "version")?.verdict == .ok)
        #expect(report.status == .refused)
    }

    // MARK: - Hosts and certificates

    private static let pin = Fingerprint(String(repeating: "AB", count: 32))
    private static let day: Int64 = 86_400

    private func certificate(daysLeft: Int64, _ fingerprint: Fingerprint? = pin) throws -> ServerCertificate {
        let now = Int64(Self.now())
        return ServerCertificate(
            fingerprint: try #require(fingerprint), subject: "CN=pve1\u{1b}[31m", issuer: "CN=CA", isSelfSigned: false,
            names: "", validity: (now - 400 * Self.day)...(now + daysLeft * Self.day + 60))
    }

    private func sight(_ certificate: ServerCertificate?, answers: Bool = true) -> HostSight {
        HostSight(
            name: "pve1:8006", certificate: certificate.map { .success($0) },
            version: answers
                ? .success(["version": "8.4.1"])
                : .failure(Failure(.connection, "x", raw: "Could not resolve host: x")),
            head: answers
                ? ObservedTransport.Sight(status: 200, reason: "OK", date: nil, duration: .milliseconds(7)) : nil,
            seenAt: Self.now())
    }

    @Test(arguments: [
        (Int64(200), true, DoctorVerdict.ok, "matches a configured fingerprint"),
        (5, true, .warning, "ends in 5 days"), (-3, true, .warning, "expired"),
        (200, false, .problem, "none of the configured fingerprints"),
    ])
    func aCertificateIsHeldAgainstPinsAndDates(
        daysLeft: Int64, isPinned: Bool, verdict: DoctorVerdict, words: String
    ) throws {
        let other = Fingerprint(String(repeating: "CD", count: 32))
        let seen = try certificate(daysLeft: daysLeft, isPinned ? Self.pin : other)
        let checks = HostFindings(sights: [sight(seen)], trust: .pins([try #require(Self.pin)])).checks()
        let found = checks.first { $0.topic == "certificate" }
        #expect(found?.verdict == verdict)
        #expect(found?.words.contains(words) == true, "\(found?.words ?? "")")
    }

    @Test func oneHostOfTwoThatIsDownIsAWarningAndAllAreAProblem() throws {
        let one = HostFindings(sights: [sight(nil), sight(nil, answers: false)], trust: nil).checks()
        #expect(one.filter { $0.topic == "host" }.map(\.verdict) == [.ok, .warning])
        let none = HostFindings(sights: [sight(nil, answers: false)], trust: nil).checks()
        #expect(none.map(\.verdict) == [.problem])
        #expect(none[0].words == "the name cannot be resolved: Could not resolve host: x")
        #expect(none[0].kind == .connection)
    }

    @Test func ofARightCertificateOnlyProgramsAreToldTheFingerprint() throws {
        let pin = try #require(Self.pin)
        func report(daysLeft: Int64) throws -> DoctorReport {
            var report = DoctorReport(cluster: "lab")
            report.checks = HostFindings(
                sights: [sight(try certificate(daysLeft: daysLeft))], trust: .pins([pin])
            ).checks()
            return report
        }
        let (right, late) = (try report(daysLeft: 99), try report(daysLeft: 5))
        #expect(!DoctorRendering(style: .init(isEnabled: false), width: nil).text(right).contains(pin.description))
        #expect(right.json.text.contains(pin.description))
        #expect(
            DoctorRendering(style: .init(isEnabled: false), width: nil).text(late)
                .contains("\n          SHA-256    \(pin)\n"))
    }

    @Test func theReportIsWrappedAndNothingIsCutOff() {
        let missing = "VM.Snapshot at /vms/{vmid} is missing, and so is VM.Audit at /vms/{vmid} for the user"
        var report = DoctorReport(cluster: "lab")
        report.checks = [
            .warning("host", "no connection: " + missing, subject: "pve1.lan:8006", next: "one two " + missing)
        ]
        report.access = [DoctorReport.AccessRow(operation: "snapshot", verdict: "no", words: missing)]
        let text = DoctorRendering(style: .init(isEnabled: false), width: 80).text(report)
        for line in text.components(separatedBy: "\n") { #expect(line.displayWidth <= 80, "\(line)") }
        #expect(!text.contains("…"))
        let words = text.split(whereSeparator: \.isWhitespace)
        #expect(words.count { $0 == "user" } == 3)
    }

    @Test func theReportIsSafeOnATerminalAndSaysItsStatus() throws {
        var report = DoctorReport(cluster: "lab", identity: "t@pve!x1")
        report.checks = HostFindings(
            sights: [sight(try certificate(daysLeft: 99))], trust: .pins([try #require(Self.pin)])
        ).checks()
        report.checks.append(.problem("cluster", "no quorum", next: "wait", kind: .noQuorum))
        let text = DoctorRendering(style: .init(isEnabled: false), width: 80).text(report)
        #expect(!text.contains("\u{1b}"))
        #expect(text.contains("→ wait"))
        #expect(text.contains("1 problem"))
        #expect(text.contains("exit status 5"))
    }
}

/// What is looked at on this machine.
struct LocalDoctorTests {
    let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    private func checks(config: String, state: String? = nil, worker: String = "/bin/true") -> [DoctorCheck] {
        let locations = Locations(
            environment: ["XDG_STATE_HOME": state ?? home.url.appendingPathComponent("state").path], home: "/",
            config: config)
        return LocalDoctor(locations: locations, worker: worker).checks(hasConfiguration: true)
    }

    @Test(arguments: [(0o600, DoctorVerdict.ok), (0o644, .warning), (0o640, .warning)])
    func aConfigurationThatOthersReadIsAWarning(mode: Int, verdict: DoctorVerdict) throws {
        let file = try home.write("config.yaml", "version: 1\n", mode: mode)
        let checks = checks(config: file.path)
        #expect(checks.map(\.verdict) == [verdict, .ok, .ok], "\(checks)")
    }

    @Test func aWorkerThatIsMissingIsAProblem() throws {
        let file = try home.write("config.yaml", "version: 1\n")
        let found = checks(config: file.path, worker: "/nonexistent").first { $0.topic == "worker" }
        #expect(found?.verdict == .problem)
        #expect(found?.kind == .config)
    }

    @Test func aJournalThatCannotBeWrittenIsAProblem() throws {
        let file = try home.write("config.yaml", "version: 1\n")
        let found = checks(config: file.path, state: file.path).first { $0.topic == "journal" }
        #expect(found?.verdict == .problem)
    }
}
