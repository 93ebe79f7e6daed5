// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Proxmox

/// The pure parts of the transport: whose turn it is, what a connection has carried, when an answer stalls.
struct RequestQueueTests {
    private typealias Lane = HTTPRequest.Lane

    private func filled(_ counts: [(HTTPRequest.Lane, Int)]) -> RequestQueue<String> {
        var queue = RequestQueue<String>()
        for (lane, count) in counts { for number in 0..<count { queue.append("\(lane)\(number)", in: lane) } }
        return queue
    }

    @Test func lanesTakeTurnsAndEachIsServedInOrder() {
        var queue = filled([(.read, 4), (.watch, 1), (.change, 2)])
        var order: [String] = []
        while let next = queue.popFirst() { order.append(next) }
        #expect(order == ["change0", "watch0", "read0", "change1", "read1", "read2", "read3"])
        #expect(queue.isEmpty)
    }

    @Test(arguments: HTTPRequest.Lane.allCases, HTTPRequest.Lane.allCases)
    func noLaneStarvesAnother(_ crowd: HTTPRequest.Lane, _ single: HTTPRequest.Lane) {
        guard crowd != single else { return }
        var queue = filled([(crowd, 1000)])
        for _ in 0..<10 { _ = queue.popFirst() }
        queue.append("one", in: single)
        var turns = 1
        while let next = queue.popFirst(), next != "one" { turns += 1 }
        #expect(turns <= HTTPRequest.Lane.allCases.count)
        // The one that came does not hold up the crowd either.
        #expect(queue.popFirst() != nil)
    }

    @Test func thoseWhoGiveUpLeaveTheirPlaceWithoutDisorder() {
        var queue = filled([(.read, 100)])
        for _ in 0..<60 { _ = queue.popFirst() }
        let gone = queue.remove { $0.hasSuffix("5") }
        #expect(gone == ["read65", "read75", "read85", "read95"])
        #expect(queue.popFirst() == "read60")
        #expect(queue.remove { _ in true }.count == 35)
        #expect(queue.isEmpty && queue.popFirst() == nil)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/nodes/pve1/tasks/UPID/status", Lane.watch), (.get, "/nodes/pve1/tasks", .watch),
        (.get, "/nodes/pve1/qemu", .read), (.get, "/cluster/tasks", .read),
        (.delete, "/nodes/pve1/tasks/UPID", .change),
        (.post, "/nodes/pve1/qemu/100/status/start", .change), (.put, "/nodes/pve1/qemu/100/config", .change),
    ])
    func callsStandInTheLaneThatFitsThem(_ method: HTTPMethod, _ path: String, _ lane: HTTPRequest.Lane) throws {
        let call = APICall(method, try APIPath(parsing: path))
        #expect(try call.request(headers: [], timeout: .seconds(1)).lane == lane)
    }

    @Test func aLedgerCountsUntilAConnectionIsNew() {
        var ledger = ConnectionLedger(idleLimit: .seconds(4))
        let counts = [false, false, true, false].map { ledger.begin(on: "a:1", isNew: $0, now: .zero) }
        #expect(counts == [1, 2, 1, 2])
        #expect(ledger.begin(on: "b:1", isNew: true, now: .zero) == 1)
    }

    @Test func aLedgerForgetsOnlyWhatCannotBeUsedAgain() {
        var ledger = ConnectionLedger(idleLimit: .seconds(4))
        _ = ledger.begin(on: "busy", isNew: true, now: .zero)
        for number in 0..<500 {
            _ = ledger.begin(on: "idle\(number)", isNew: true, now: .zero)
            ledger.end(on: "idle\(number)", now: .zero)
        }
        #expect(ledger.begin(on: "late", isNew: true, now: .seconds(3)) == 1)
        #expect(ledger.count == 502)
        #expect(ledger.begin(on: "later", isNew: true, now: .seconds(6)) == 1)
        #expect(ledger.count == 3)
        ledger.end(on: "busy", now: .seconds(6))
        #expect(ledger.begin(on: "busy", isNew: false, now: .seconds(7)) == 2)
    }

    @Test func anAnswerStallsByTheStretchNotByTheByte() {
        var watch = StallWatch(limit: .seconds(10))
        #expect(watch.deadline == nil)
        watch.note(100, now: .seconds(500))
        #expect(watch.deadline == .seconds(510))
        for second in 501..<509 { watch.note(1, now: .seconds(second)) }
        #expect(watch.deadline == .seconds(510))
        watch.note(1100, now: .seconds(509))
        #expect(watch.deadline == .seconds(519))
    }
}
