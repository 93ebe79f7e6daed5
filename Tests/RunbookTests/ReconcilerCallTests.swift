// SPDX-License-Identifier: Apache-2.0
import JSON
import Journal
import Model
import Proxmox
import TestSupport
import Testing

@testable import Runbook
@testable import Simulator

/// The same for every kind of change, for histories drawn at random, and for a reconciler that looks less carefully.
struct ReconcilerCallTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        let vmid: Int?
        var parameters: [(name: String, value: APIParameter)] = []
        /// Another verdict than done where it arrived, and than not happened where it did not.
        var arrived = StepState.done
        var lost = StepState.notHappened

        var testDescription: String { text }
    }

    static let rows: [Row] = [
        Row(text: "POST nodes/pve1/qemu/103/status/start", vmid: 103),
        Row(text: "POST nodes/pve1/qemu/101/status/stop", vmid: 101),
        Row(text: "POST nodes/pve1/qemu/101/status/shutdown", vmid: 101),
        Row(text: "POST nodes/pve1/qemu/101/status/reset", vmid: 101),
        Row(text: "POST nodes/pve1/qemu/101/status/suspend", vmid: 101),
        Row(text: "POST nodes/pve1/qemu/101/snapshot", vmid: 101, parameters: [("snapname", .text("s1"))]),
        Row(text: "DELETE nodes/pve1/qemu/101/snapshot/clean", vmid: 101),
        Row(text: "POST nodes/pve1/qemu/101/snapshot/clean/rollback", vmid: 101),
        Row(text: "POST nodes/pve1/qemu/103/config", vmid: 103, parameters: [("memory", .integer(4096))]),
        Row(text: "PUT nodes/pve1/qemu/103/config", vmid: 103, parameters: [("cores", .integer(2))]),
        Row(text: "PUT nodes/pve1/qemu/103/config", vmid: 103, parameters: [("delete", .text("memory"))]),
        Row(text: "DELETE nodes/pve1/qemu/103", vmid: 103),
        Row(text: "POST nodes/pve1/qemu/101/clone", vmid: 101, parameters: [("newid", .integer(900))]),
        Row(
            text: "POST nodes/pve1/qemu/101/migrate", vmid: 101,
            parameters: [("target", .text("pve2")), ("online", .boolean(true))]),
        Row(
            text: "POST nodes/pve1/qemu", vmid: nil,
            parameters: [("vmid", .integer(901)), ("name", .text("new")), ("memory", .integer(512))]),
        Row(
            text: "POST nodes/pve1/vzdump", vmid: 101,
            parameters: [("vmid", .text("101")), ("storage", .text("shared"))]
        ),
        Row(text: "POST nodes/pve3/lxc/111/status/start", vmid: 111),
        Row(text: "DELETE nodes/pve3/lxc/111", vmid: 111),
        // What leaves no trace is never said to be known.
        Row(
            text: "POST pools", vmid: nil, parameters: [("poolid", .text("p1"))], arrived: .inDoubt, lost: .inDoubt),
    ]

    @Test(arguments: rows)
    func everyChangeIsFoundWhereItArrivedAndProvenWhereItDidNot(_ row: Row) async throws {
        let call = try PastScene.call(row.text, row.parameters)
        for arrives in [true, false] {
            for age in [0.0, 3600] {
                let scene = try await PastScene()
                try scene.sent(try await scene.intend(call, of: row.vmid))
                if arrives { try await scene.arrive(call) }
                scene.pass(age)
                let writes = scene.writes
                let found = try await scene.settle(patience: .seconds(7200))
                #expect(
                    found.step.state == (arrives ? row.arrived : row.lost),
                    "arrived: \(arrives), \(age) s: \(found.proof)")
                #expect(scene.writes == writes)
            }
        }
    }

    // MARK: - Histories

    /// What is drawn for one history.
    private struct Draw {
        var arrives: Bool
        var isHarmless = true
        /// What others did to the guest in the seconds around it, for the record.
        var text = ""
    }

    /// What is not so may be unknown, and nothing else: no adoption of another's task, no denial of what happened.
    @Test func randomHistoriesAreNeverToldWrong() async throws {
        var numbers = SplitMix(seed: 20_261_123)
        var told: [StepState: Int] = [:]
        var (undisturbed, resolved) = (0, 0)
        for history in 0..<300 {
            let scene = try await PastScene(skew: numbers.pick([0, 0, 90, -90, 7]))
            let row = numbers.pick([Self.rows[0], Self.rows[1], Self.rows[5], Self.rows[8], Self.rows[11]])
            let call = try PastScene.call(row.text, row.parameters)
            let vmid = try #require(row.vmid)
            let type = try #require(CallTrace(call)?.types.sorted().first { $0.hasPrefix("qm") })
            var draw = Draw(arrives: numbers.below(2) == 0)
            func noise() {
                guard numbers.below(4) == 0 else { return }
                draw.isHarmless = false
                let user = numbers.pick(["alice@pam", "root@pam", "root@pam!other"])
                let other = numbers.pick([type, "qmstart", "qmstop", "qmconfig"])
                let name = "n\(numbers.below(9))"
                draw.text += " \(other) by \(user);"
                scene.spawn(other, vmid, "pve1", by: user, ["snapname": name])
                scene.pass(Double(numbers.below(30)))
            }
            noise()
            scene.pass(Double(numbers.below(5)))
            let step = try await scene.intend(call, of: vmid)
            let isSent = numbers.below(4) > 0
            if isSent { try scene.sent(step) }
            if !isSent, numbers.below(2) == 0 { draw.arrives = false }
            noise()
            var own: UPID?
            if draw.arrives { own = try await scene.arrive(call) }
            if own == nil, draw.arrives { draw.arrives = false }
            scene.pass(Double(numbers.pick([0, 1, 10, 60, 4000])))
            noise()
            if numbers.below(6) == 0 {
                draw.isHarmless = false
                scene.cluster.fillArchive()
            }
            let found = try await scene.settle(patience: .seconds(7200))
            told[found.step.state, default: 0] += 1
            let isRight =
                switch found.step.state {
                // Of a task, exactly the own one; without one, what was sent at least.
                case .done, .doneWithWarnings, .failed:
                    own != nil && (found.step.upid ?? own?.description) == own?.description
                case .notHappened: own == nil
                case .inDoubt: true
                default: false
                }
            #expect(isRight, "\(history): \(row.text) own \(own?.description ?? "none"): \(found.proof);\(draw.text)")
            if draw.isHarmless {
                undisturbed += 1
                if found.step.state != .inDoubt { resolved += 1 }
            }
        }
        print(
            "300 histories: \(told.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")); "
                + "undisturbed \(resolved) of \(undisturbed) resolved")
        #expect(resolved == undisturbed)
        #expect(told[.done, default: 0] > 50 && told[.notHappened, default: 0] > 50)
    }

    // MARK: - Mutants

    /// Lets every list seem to reach back to the beginning: a reconciler that does not ask for coverage.
    private struct BottomlessLists: Transport {
        let inner: SimulatorTransport

        func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
            var response = try await inner.send(request)
            guard request.target.contains("/tasks?"), var body = try? JSONValue(parsing: response.body).object,
                let rows = body["data"]?.array
            else { return response }
            let old = "UPID:pve1:00000001:00000001:00000001:aptupdate::root@pam:"
            body["data"] = .array(rows + [["upid": .string(old), "endtime": 2, "starttime": 1, "status": "OK"]])
            response.body = JSONValue.object(body).encoded()
            return response
        }
    }

    /// Lets every task seem to have begun just now, when the step did: a reconciler that does not look at the time.
    private struct TimelessLists: Transport {
        let inner: SimulatorTransport
        let start: Double

        func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
            var response = try await inner.send(request)
            guard request.target.contains("/tasks?"), var body = try? JSONValue(parsing: response.body).object,
                let rows = body["data"]?.array
            else { return response }
            body["data"] = .array(
                rows.map { row in
                    guard var object = row.object,
                        var parts = object["upid"]?.string?.split(
                            separator: ":", omittingEmptySubsequences: false
                        ).map(String.init)
                    else { return row }
                    let hex = String(Int(start), radix: 16, uppercase: true)
                    parts[4] = String(repeating: "0", count: max(0, 8 - hex.count)) + hex
                    object["upid"] = .string(parts.joined(separator: ":"))
                    return .object(object)
                })
            response.body = JSONValue.object(body).encoded()
            return response
        }
    }

    /// What a reconciler says of a request that arrived, whose task the archive has forgotten.
    private func forgotten(_ wrap: (SimulatorTransport) -> any Transport) async throws -> StepState {
        let scene = try await PastScene(wrap: wrap)
        let call = try PastScene.call("POST nodes/pve1/qemu/101/status/reset")
        try scene.sent(try await scene.intend(call, of: 101))
        try await scene.arrive(call)
        scene.pass(3600)
        scene.cluster.fillArchive()
        return try await scene.settle().step.state
    }

    @Test func withoutTheCheckOfCoverageWhatHappenedIsDenied() async throws {
        #expect(try await forgotten { $0 } == .inDoubt)
        #expect(try await forgotten { BottomlessLists(inner: $0) } == .notHappened)
    }

    /// What a reconciler takes for the task of a request that never arrived.
    private func hoursLater(_ wrap: (SimulatorTransport) -> any Transport) async throws -> StepState {
        let scene = try await PastScene(wrap: wrap)
        let call = try PastScene.call("POST nodes/pve1/qemu/101/status/reset")
        try scene.sent(try await scene.intend(call, of: 101))
        scene.pass(7200)
        scene.spawn("qmreset", 101, "pve1", by: PastScene.user)
        scene.pass(60)
        return try await scene.settle().step.state
    }

    @Test func withoutTheWindowAnothersTaskIsTaken() async throws {
        #expect(try await hoursLater { $0 } == .notHappened)
        let start = Simulator.VirtualClock().now + 61
        // The task that was taken is not even known to the node by that name: the mutant gets no further than a wrong task.
        #expect(try await hoursLater { TimelessLists(inner: $0, start: start) } != .notHappened)
    }
}
