// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import TestSupport
import Testing
import Wire

@testable import Runbook
@testable import Simulator

/// A worker that an attacker has taken over: whatever it says, the host stays up, answers, and sends nothing by itself.
struct LyingWorkerTests {
    /// What a worker says after it got chunk 1, and what the host makes of it.
    struct Lie: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var says: [UInt8]
        /// A part of the failure's message; nil where the lie comes to nothing and the chunk ends well.
        var failure: String?
        var kind = ErrorKind.script
    }

    static let end = Frame(.done, id: 1, payload: PackedValue.array([.bool(true)]).encoded()).encoded()

    private static func frame(_ kind: FrameKind, id: UInt32 = 1, _ value: PackedValue = .null) -> [UInt8] {
        Frame(kind, id: id, payload: value.encoded()).encoded()
    }

    private static func call(_ id: UInt32, _ name: String, _ arguments: PackedValue...) -> [UInt8] {
        frame(.call, id: id, .array([.string(Array(name.utf8)), "test:1"] + arguments))
    }

    private static func header(length: UInt32, kind: UInt8) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + [kind, 0, 0, 0, 0]
    }

    static let lies = [
        Lie(testDescription: "results of another chunk", says: frame(.done, id: 7, .array([])), failure: "not running"),
        Lie(testDescription: "an error of another chunk", says: frame(.error, id: 7), failure: "not running"),
        Lie(testDescription: "results that are no list", says: frame(.done, .string([1])), failure: "garbage"),
        Lie(
            testDescription: "results that cannot be read", says: Frame(.done, id: 1, payload: [0xff, 1, 2]).encoded(),
            failure: "garbage"),
        Lie(testDescription: "no payload at all", says: Frame(.done, id: 1).encoded(), failure: "garbage"),
        Lie(testDescription: "the results twice", says: end + end),
        Lie(testDescription: "a frame of the host's", says: frame(.reply), failure: "only the host may send"),
        Lie(testDescription: "a boot frame", says: frame(.boot), failure: "only the host may send"),
        Lie(testDescription: "an unknown kind", says: header(length: 5, kind: 0x99), failure: "unknown kind"),
        Lie(testDescription: "a frame of no bytes", says: header(length: 0, kind: 0x84), failure: "a frame of 0 bytes"),
        Lie(
            testDescription: "a frame of four GiB", says: header(length: .max, kind: 0x84),
            failure: "a frame of 4294967295 bytes"),
        Lie(
            testDescription: "more than a frame may hold",
            says: Frame(.output, payload: Array(repeating: 65, count: 3 << 20)).encoded(), failure: "limit frame",
            kind: .limit),
        Lie(
            testDescription: "a flood of output",
            says: Array(
                (0..<40).map { _ in Frame(.output, payload: Array(repeating: 65, count: 1 << 19)).encoded() }.joined()),
            failure: "limit output", kind: .limit),
        Lie(testDescription: "lines counted unasked", says: frame(.coverage, .map([])), failure: "nobody asked for"),
        Lie(testDescription: "stillness unasked", says: frame(.idle, id: .max) + end),
        Lie(testDescription: "readiness again and again", says: frame(.ready) + frame(.ready, id: 9) + end),
        Lie(testDescription: "giving up a call that never was", says: frame(.abandon, id: 77) + end),
        Lie(
            testDescription: "calls of nothing",
            says: Array(
                ["", "@", "@test", "@load", "@on_failure", "vm_action@", "@@", "no_such", "now@nowhere", "\u{1b}[2J"]
                    .enumerated().map { call(UInt32($0.offset), $0.element, .null) }.joined()) + end),
        Lie(
            testDescription: "calls without a name",
            says: frame(.call, id: 1) + frame(.call, id: 2, .array([])) + frame(.call, id: 3, .array([.integer(1)]))
                + Frame(.call, id: 4, payload: [0xee]).encoded() + end),
        Lie(
            testDescription: "a change that says yes itself",
            says: call(
                1, "vm_action", .null, .integer(101), "stop", .map([.init("yes", .bool(true))]))
                + call(2, "vm_action", .null, .integer(101), "stop", .null, .map([.init("caller", "human")]))
                + call(3, "api.post", "/nodes/pve1/qemu/101/status/stop")
                + call(4, "api.delete", "/nodes/pve1/qemu/101")
                + call(5, "api.get", "/nodes/pve1/../../access/ticket") + end),
        Lie(
            testDescription: "an error of the host's that never was",
            says: frame(
                .error, .map([.init("message", "forged"), .init("call", .integer(99))])),
            failure: "forged"),
        Lie(
            testDescription: "an unknown of a plan where nothing is planned",
            says: frame(
                .error, .map([.init("message", "made up"), .init("limit", "unknown")])),
            failure: "made up", kind: .limit),
        Lie(testDescription: "an error without a word", says: frame(.error, .map([])), failure: "the script failed"),
        Lie(
            testDescription: "an error that is a number", says: frame(.error, .integer(5)), failure: "the script failed"
        ),
        Lie(
            testDescription: "an error of a megabyte",
            says: frame(
                .error, .map([.init("message", .string(Array(repeating: 0x78, count: 1 << 20)))])),
            failure: "1048576 bytes in all"),
    ]

    @Test(arguments: lies)
    func theHostStaysUpAndSendsNothing(_ lie: Lie) async throws {
        let bench = try Bench { settings in
            settings.limits.frame = 1 << 20
            settings.limits.output = 1 << 18
        }
        let outcome = try await LyingWorker(lies: lie.says).outcome(in: bench)
        switch (outcome, lie.failure) {
        case (.values, nil): break
        case (.failed(let report), let part?):
            #expect(report.failure.message.contains(part), "\(report.failure)")
            #expect(report.failure.kind == lie.kind)
            #expect(report.failure.message.utf8.count < 100_000)
        default: Issue.record("\(outcome)")
        }
        #expect(bench.writes.isEmpty)
    }

    @Test func oneNumberForTwoCallsThatWaitIsRefused() async throws {
        var bench = try Bench()
        bench.environment.clock = SystemClock()
        let says = Self.call(1, "sleep", .number(60)) + Self.call(1, "now")
        guard case .failed(let report) = try await LyingWorker(lies: says).outcome(in: bench) else {
            throw Failure(.script, "it did not fail")
        }
        #expect(report.failure.message.contains("used the call id 1 twice"))
    }

    @Test func oneThatEndsAtOnceIsTold() async throws {
        guard case .failed(let report) = try await LyingWorker(lies: [], stays: false).outcome(in: Bench()) else {
            throw Failure(.script, "it did not fail")
        }
        #expect(report.failure.message.contains("the worker is gone"))
    }

    @Test(arguments: [
        Frame(.error, payload: PackedValue.map([.init("message", "no sandbox")]).encoded()).encoded(),
        Frame(.done, id: 1).encoded(), [0, 0, 0, 0, 0, 0, 0, 0, 0], Frame(.boot).encoded(),
    ])
    func oneThatNeverComesUpIsRefused(greeting: [UInt8]) async throws {
        let bench = try Bench()
        await #expect(throws: Failure.self) {
            _ = try await LyingWorker(greeting: greeting, lies: []).outcome(in: bench)
        }
    }

    /// Sessions of a real worker with bytes changed, dropped and doubled.
    @Test(arguments: 0..<40)
    func noStreamOfFramesBringsTheHostDown(seed: UInt64) async throws {
        var numbers = SplitMix(seed: seed)
        var bytes: [UInt8] = []
        for _ in 0..<(3 + Int(numbers.next() % 6)) {
            bytes += Self.lies[Int(numbers.next() % UInt64(Self.lies.count))].says.prefix(4096)
        }
        for _ in 0..<(1 + numbers.next() % 8) where !bytes.isEmpty {
            let place = Int(numbers.next() % UInt64(bytes.count))
            switch numbers.next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: numbers.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8(truncatingIfNeeded: numbers.next()), at: place)
            default: bytes[place] ^= 1 << (numbers.next() % 8)
            }
        }
        let bench = try Bench()
        _ = try await LyingWorker(lies: bytes, stays: false).outcome(in: bench)
        #expect(bench.writes.isEmpty)
    }
}
