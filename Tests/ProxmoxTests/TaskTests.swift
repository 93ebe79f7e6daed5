// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Proxmox
import Testing

struct TaskTests {
    static let text = "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:"
    let upid: UPID
    init() throws { upid = try #require(UPID(Self.text)) }

    @Test(arguments: [
        ("OK", TaskStatus.ok), ("WARNINGS: 1", .warnings(1)), ("WARNINGS: 12", .warnings(12)),
        ("unexpected status", .unknown("unexpected status")), ("", .unknown("")),
        ("unable to read tail (got 0 bytes)", .unknown("unable to read tail (got 0 bytes)")),
        ("VM is locked (backup)", .error("VM is locked (backup)")), ("ok", .error("ok")), ("OK ", .error("OK ")),
        ("WARNINGS: x", .error("WARNINGS: x")), ("WARNINGS: -1", .error("WARNINGS: -1")),
    ])
    func exitTextsAreReadByProxmoxsRule(_ text: String, _ status: TaskStatus) {
        #expect(TaskStatus(exitText: text) == status)
        #expect(status.isSuccess == (text == "OK" || text.hasPrefix("WARNINGS: 1")))
    }

    private static func running() -> ScriptedTransport.Answer { .json(#"{"status":"running"}"#) }
    private static func stopped(_ text: String) -> ScriptedTransport.Answer {
        .json(#"{"status":"stopped","exitstatus":"\#(text)"}"#)
    }

    /// A node whose task gives these answers in turn and whose log has twelve lines.
    private func node(_ answers: [ScriptedTransport.Answer]) -> ScriptedTransport {
        let looks = Lock(0)
        return ScriptedTransport { request, _ in
            if request.target.contains("/log?") {
                let start = Int(request.target.split(separator: "start=").last?.split(separator: "&").first ?? "") ?? 0
                let limit = request.target.hasSuffix("limit=1") ? 1 : 10
                let rows = (start..<min(12, start + limit)).map { #"{"n":\#($0 + 1),"t":"line \#($0 + 1)"}"# }
                return .json("[\(rows.joined(separator: ","))]", total: 12)
            }
            return looks.withLock { count in
                defer { count += 1 }
                return answers[min(count, answers.count - 1)]
            }
        }
    }

    @Test func waitingLooksEarlyAndThenLessOften() async throws {
        let clock = VirtualClock()
        let transport = node(Array(repeating: Self.running(), count: 80) + [Self.stopped("OK")])
        let looks = Lock<[Duration]>([])
        let outcome = try await ProxmoxClient.scripted(transport, clock: clock).wait(for: upid) { progress in
            looks.withLock { $0.append(progress.elapsed) }
        }
        #expect(outcome.status == .ok)
        #expect(outcome.duration == clock.slept.reduce(.zero, +))
        #expect(
            clock.slept.count == 81
                && clock.slept.prefix(3) == [.milliseconds(50), .milliseconds(100), .milliseconds(100)])
        #expect(clock.slept == clock.slept.sorted() && clock.slept.last ?? .zero > .milliseconds(500))
        #expect(looks.withLock { $0.count } == 80)
        let paths = Set(transport.seen.map(\.target).filter { !$0.contains("/log?") })
        #expect(paths == ["/api2/json/nodes/pve1/tasks/\(Self.text)/status"])
    }

    @Test func warningsAreSuccessAndComeWithTheLog() async throws {
        let outcome = try await ProxmoxClient.scripted(node([Self.stopped("WARNINGS: 2")])).wait(for: upid)
        #expect(outcome.status == .warnings(2))
        #expect(outcome.log == (3...12).map { "line \($0)" })
    }

    @Test(arguments: [
        ("VM is locked (backup)", ErrorKind.locked), ("unexpected status", .outcomeUnknown), ("", .outcomeUnknown),
        ("start failed: QEMU exited with code 1", .taskFailed), ("VM 100 already running", .alreadyInState),
        ("403 Permission check failed (/vms/100, VM.Backup)", .permission), ("received interrupt", .cancelled),
    ])
    func badEndsAreThrownWithTaskNodeAndLog(_ text: String, _ kind: ErrorKind) async throws {
        let client = ProxmoxClient.scripted(node([Self.running(), Self.stopped(text)]))
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid) }
        #expect(found?.kind == kind)
        #expect(found?.raw == text)
        #expect(found?.upid == Self.text)
        #expect(found?.node == "pve1")
        #expect(found?.vmid == 100)
        #expect(found?.log == (3...12).map { "line \($0)" })
    }

    @Test func anEndWithoutExitStatusIsNoSuccess() async throws {
        let client = ProxmoxClient.scripted(node([.json(#"{"status":"stopped"}"#)]))
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid) }
        #expect(found?.kind == .outcomeUnknown)
    }

    @Test func passingTroubleDoesNotEndTheWaiting() async throws {
        let troubles: [ScriptedTransport.Answer] = [
            .status(595, "Connection refused"), .status(596, "x"), .broken(.reset, sent: true),
            .status(500, "whatever"),
        ]
        let transport = node(troubles.flatMap { Array(repeating: $0, count: 5) } + [Self.stopped("OK")])
        #expect(try await ProxmoxClient.scripted(transport).wait(for: upid).status == .ok)
    }

    @Test(arguments: [
        (ScriptedTransport.Answer.status(401, "No ticket"), "No ticket"),
        (.status(403, "Permission check failed (/nodes/pve1, Sys.Audit)"), "Permission check failed"),
        (
            .status(400, "Parameter verification failed.", body: #"{"data":null,"errors":{"upid":"no such task"}}"#),
            "no such task"
        ),
    ])
    func lastingTroubleEndsTheWaitingAndSaysNothingOfTheTask(
        _ answer: ScriptedTransport.Answer, _ words: String
    ) async throws {
        let transport = node([Self.running(), answer])
        let client = ProxmoxClient.scripted(transport)
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid) }
        #expect(found?.kind == .outcomeUnknown)
        #expect(found?.message.contains(words) == true, "\(found?.message ?? "")")
        #expect(found?.upid == Self.text)
        #expect(transport.seen.count == 2)
    }

    @Test func aCertificateThatIsBeingRenewedIsBorneForAMinute() async throws {
        let brief = node(Array(repeating: .broken(.tls, sent: false), count: 20) + [Self.stopped("OK")])
        #expect(try await ProxmoxClient.scripted(brief).wait(for: upid).status == .ok)
        let clock = VirtualClock()
        let client = ProxmoxClient.scripted(node([.broken(.tls, sent: false)]), clock: clock)
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid) }
        #expect(found?.kind == .outcomeUnknown)
        #expect(found?.message.contains("scripted tls") == true)
        #expect((60...62).contains(clock.now().components.seconds))
    }

    @Test func aLongLogIsReadPageByPage() async throws {
        let transport = ScriptedTransport { request, _ in
            let start = Int(request.target.split(separator: "start=").last?.split(separator: "&").first ?? "") ?? 0
            let limit = Int(request.target.split(separator: "limit=").last ?? "") ?? 0
            let rows = (start..<min(2300, start + limit)).map { #"{"n":\#($0 + 1),"t":"line \#($0 + 1)"}"# }
            return .json("[\(rows.joined(separator: ","))]", total: 2300)
        }
        let client = ProxmoxClient.scripted(transport)
        let lines = try await client.wholeLog(upid)
        #expect(lines.map(\.number) == Array(1...2300))
        #expect(transport.seen.count == 3)
        #expect(try await client.wholeLog(upid, maximum: 1500).count == 1500)
    }

    @Test func aTaskIsCancelledOnlyWhenAsked() async throws {
        let transport = node([Self.running(), Self.stopped("received interrupt")])
        let client = ProxmoxClient.scripted(transport)
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid, timeout: .zero) }
        #expect(found?.kind == .taskTimeout)
        #expect(transport.seen.allSatisfy { $0.method == .get })
        #expect(try await client.cancel(upid).text == "received interrupt")
        #expect(
            transport.seen.filter { $0.method == .delete }.map(\.target) == ["/api2/json/nodes/pve1/tasks/\(Self.text)"]
        )
    }

    @Test func evenWithoutAnyTimeAnEndedTaskIsTold() async throws {
        let client = ProxmoxClient.scripted(node([Self.stopped("OK")]))
        #expect(try await client.wait(for: upid, timeout: .zero).status == .ok)
    }

    @Test func aTaskThatOutlastsTheTimeoutIsSaidToRun() async throws {
        let clock = VirtualClock()
        let client = ProxmoxClient.scripted(node([Self.running()]), clock: clock)
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid, timeout: .seconds(10))
        }
        #expect(found?.kind == .taskTimeout)
        #expect(found?.message == "task qmstart still runs after 10 s")
        #expect(found?.upid == Self.text)
        #expect(clock.now() == .seconds(10))
    }

    @Test func aTaskThatCannotBeLookedAtIsNotSaidToRun() async throws {
        let client = ProxmoxClient.scripted(node([Self.running(), .status(595, "No route to host")]))
        let found = await failure { () async throws(Failure) in try await client.wait(for: upid, timeout: .seconds(10))
        }
        #expect(found?.kind == .outcomeUnknown)
        #expect(found?.message.contains("No route to host") == true)
    }

    @Test func waitingCanBeCancelled() async throws {
        let client = ProxmoxClient.scripted(node([Self.running()]))
        let upid = upid
        let work = Task {
            await failure { () async throws(Failure) in try await client.wait(for: upid, timeout: .seconds(86_400)) }
        }
        work.cancel()
        let found = await work.value
        #expect(found?.kind == .cancelled)
        #expect(found?.upid == Self.text)
    }

    @Test func tasksOfOneNodeShareTheirLooks() async throws {
        let upids = try (100..<400).map { number in
            try #require(UPID("UPID:pve1:0000C\(number):001C9BEC:677E934A:qmstart:\(number):root@pam:"))
        }
        let clock = PartyClock(parties: upids.count)
        let rows = upids.map { #"{"upid":"\#($0)","status":"RUNNING"}"# }.joined(separator: ",")
        let transport = ScriptedTransport { request, _ in
            let isRunning = clock.now() < .seconds(60)
            if request.target.contains("/tasks?") { return .json(isRunning ? "[\(rows)]" : "[]") }
            return isRunning ? Self.running() : Self.stopped("OK")
        }
        let client = ProxmoxClient.scripted(transport, clock: clock)
        let ends = await withTaskGroup(of: TaskStatus?.self) { group in
            for upid in upids {
                group.addTask {
                    let outcome = try? await client.wait(for: upid, timeout: .seconds(3600))
                    clock.leave()
                    return outcome?.status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends == Array(repeating: .ok, count: 300))
        // Sixty-odd rounds: alone, the three hundred would ask some 20,000 times. Each asks once more at its end.
        #expect(transport.seen.count { $0.target.contains("/tasks?") } < 200)
        #expect(transport.seen.count { $0.target.hasSuffix("/status") } < 900)
    }

    @Test func aLogThatCannotBeReadIsOneLine() async throws {
        let transport = ScriptedTransport([.json(#"{"n":1,"t":"unable to open file - No such file"}"#)])
        let log = try await ProxmoxClient.scripted(transport).log(upid)
        #expect(log.lines == [TaskLogLine(number: 1, text: "unable to open file - No such file")])
        #expect(log.total == 1)
    }

    @Test func logsAreReadInParts() async throws {
        let transport = ScriptedTransport([.json(#"[{"n":"3","t":"c"},{"t":"x"},7,{"n":4,"t":"d"}]"#, total: 9)])
        let log = try await ProxmoxClient.scripted(transport).log(upid, start: 2, limit: 2)
        #expect(log.lines.map(\.text) == ["c", "d"])
        #expect(log.total == 9)
        #expect(transport.seen.first?.target.hasSuffix("/log?start=2&limit=2") == true)
    }

    @Test(
        arguments: [
            (JSONValue.null, TaskReference.none), ("OK", .nothingToDo), ("", .none),
            (["requested-node": "pve2"], .none),
            (.integer(7), .none), ("100", .none),
        ] as [(JSONValue, TaskReference)])
    func answersOfChangesAreUnderstood(_ data: JSONValue, _ expected: TaskReference) throws {
        #expect(try TaskReference(data) == expected)
    }

    @Test func answersThatNameATaskAreUnderstood() throws {
        #expect(try TaskReference(.string(Self.text)) == .task(upid))
        let error = #expect(throws: Failure.self) { try TaskReference("UPID:pve1:what:ever:") }
        #expect(error?.kind == .outcomeUnknown)
    }

    @Test(arguments: [("hastart", true), ("hastop", true), ("hamigrate", true), ("qmstart", false)])
    func handedOverTasksAreKnown(_ type: String, _ isHandedOver: Bool) throws {
        let upid = try #require(UPID("UPID:pve1:0000C530:001C9BEC:677E934A:\(type):100:root@pam:"))
        #expect(upid.isHandedToHA == isHandedOver)
        #expect(TaskOutcome(upid: upid, status: .ok).isOnlyQueued == isHandedOver)
    }

    @Test func schedulesEndWithALookAtTheLastMoment() {
        var schedule = PollSchedule(now: .seconds(5), timeout: .milliseconds(120))
        #expect(schedule.step(now: .seconds(5)) == .wait(.milliseconds(50)))
        #expect(schedule.step(now: .milliseconds(5050)) == .wait(.milliseconds(70)))
        #expect(schedule.step(now: .milliseconds(5120)) == .giveUp)
        var none = PollSchedule(now: .zero, timeout: .seconds(-5))
        #expect(none.step(now: .zero) == .giveUp)
    }

    /// Whatever a task takes, its end is noticed late in proportion, and no more often looked for than that needs.
    @Test(arguments: [(0.5, 0.1, 6), (3, 0.15, 32), (24, 1.0, 90), (600, 1.0, 680)])
    func endsAreNoticedInProportion(seconds: Double, late: Double, looks: Int) {
        var schedule = PollSchedule(now: .seconds(7), timeout: .seconds(1000), part: 24)
        var (now, count) = (Duration.seconds(7), 0)
        while now < .seconds(7 + seconds), case .wait(let pause) = schedule.step(now: now) {
            now += pause
            count += 1
        }
        #expect(now - .seconds(7 + seconds) <= .seconds(late) && count <= looks, "\(now), \(count) looks")
    }

    @Test func schedulesHonourALongerInterval() {
        var schedule = PollSchedule(now: .zero, timeout: .seconds(1000), longest: .seconds(5))
        var last = PollSchedule.Step.giveUp
        for _ in 0..<12 { last = schedule.step(now: .zero) }
        #expect(last == .wait(.seconds(5)))
    }
}
