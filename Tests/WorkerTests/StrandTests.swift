// SPDX-License-Identifier: Apache-2.0
import Testing
import Wire

/// A worker whose calls are answered when the test says so, in any order.
private final class OpenCalls {
    let client: WorkerClient
    private(set) var open: [(id: UInt32, call: HostCall)] = []
    private(set) var abandoned: [UInt32] = []
    private(set) var end: Frame?
    private(set) var printed = ""

    init(_ source: String, _ changes: [PackedValue.Pair] = []) async throws {
        client = try WorkerClient()
        try client.send(Frame(.boot, payload: TestSession.boot(changes).encoded()))
        _ = try await client.next()
        let request: PackedValue = [
            "source": PackedValue(source), "name": "@test.lua", "params": [:], "expression": .bool(false),
        ]
        try client.send(Frame(.run, id: 1, payload: request.encoded()))
    }

    /// Reads until that many calls are open, or the chunk has ended.
    func read(_ count: Int) async throws {
        while end == nil, open.count < count { try await readOne() }
    }

    func readToEnd() async throws { while end == nil { try await readOne() } }

    /// Reads until so many calls were given up.
    func readAbandoned(_ count: Int) async throws { while end == nil, abandoned.count < count { try await readOne() } }

    private func readOne() async throws {
        let frame = try #require(try await client.next())
        switch frame.kind {
        case .call:
            let parts = try #require(try PackedValue(decoding: frame.payload).elements)
            let call = HostCall(
                name: try #require(parts.first?.text), location: nil, arguments: Array(parts.dropFirst(2)))
            open.append((frame.id, call))
        case .abandon: abandoned.append(frame.id)
        case .output: printed += String(decoding: frame.payload, as: UTF8.self)
        default: end = frame
        }
    }

    /// Answers the first open call of that name and, where one is named, that first argument.
    func answer(_ name: String, _ argument: Int64? = nil, with json: String, fails: Bool = false) throws {
        let index = try #require(
            open.firstIndex { open in
                open.call.name == name && argument.map { open.call.arguments.first == .integer($0) } != false
            })
        let id = open.remove(at: index).id
        try client.send(Frame(fails ? .fail : .reply, id: id, payload: Array(json.utf8)))
    }

    var values: [PackedValue]? {
        end.flatMap { $0.kind == .done ? try? PackedValue(decoding: $0.payload).elements : nil }
    }
    var error: PackedValue? { end.flatMap { $0.kind == .error ? try? PackedValue(decoding: $0.payload) : nil } }
}

private let cancelled = #"{"kind":"cancelled","message":"given up"}"#

@Suite struct StrandTests {
    @Test func resultsStandInTheOrderOfTheList() async throws {
        let worker = try await OpenCalls("return table.unpack(pve.parallel({1, 2, 3}, pve.echo))")
        try await worker.read(3)
        for number: Int64 in [3, 1, 2] { try worker.answer("echo", number, with: "\(number * 10)") }
        try await worker.readToEnd()
        #expect(worker.values == [.integer(10), .integer(20), .integer(30)])
    }

    @Test func noMoreRunThanTheLimit() async throws {
        let worker = try await OpenCalls("return #pve.parallel({1, 2, 3}, pve.echo, { limit = 2 })")
        try await worker.read(2)
        try worker.answer("echo", 2, with: "2")
        try await worker.read(2)
        #expect(worker.open.map(\.call.arguments.first) == [.integer(1), .integer(3)])
        try worker.answer("echo", 1, with: "1")
        try worker.answer("echo", 3, with: "3")
        try await worker.readToEnd()
        #expect(worker.values == [.integer(3)])
    }

    @Test func anErrorStopsWhatWasNotBegunAndLetsTheOthersFinish() async throws {
        let worker = try await OpenCalls("pve.parallel({1, 2, 3}, pve.echo, { limit = 2 })")
        try await worker.read(2)
        try worker.answer("echo", 1, with: #"{"kind":"locked","message":"no"}"#, fails: true)
        try worker.answer("echo", 2, with: "2")
        try await worker.readToEnd()
        #expect(worker.open.isEmpty)
        #expect(worker.abandoned.isEmpty)
        #expect(worker.error?["call"] == .integer(1))
    }

    @Test func severalErrorsAreToldTogether() async throws {
        let source = """
            local ok, e = pcall(pve.parallel, {1, 2, 3}, pve.echo, { stop_on_error = false })
            print(e.kind, e.message, #e.errors, table.concat(e.failed, ","), pve.is_error(e, "in_doubt"))
            error(e)
            """
        let worker = try await OpenCalls(source)
        try await worker.read(3)
        try worker.answer("echo", 1, with: #"{"kind":"locked","message":"no"}"#, fails: true)
        try worker.answer("echo", 2, with: "2")
        try worker.answer("echo", 3, with: #"{"kind":"in_doubt","message":"who knows"}"#, fails: true)
        try await worker.readToEnd()
        #expect(worker.printed == "in_doubt\t2 of 3 blocks failed; the first: who knows\t2\t1,3\ttrue\n")
        let errors = try #require(worker.error?["errors"]?.elements)
        #expect(errors.map { $0["call"] } == [.integer(1), .integer(3)])
    }

    @Test func aSpawnedBlockIsJoinedMoreThanOnce() async throws {
        let worker = try await OpenCalls(
            "local b = pve.spawn(function(x) return pve.echo(x), x end, 4) return b:join(), select('#', b:join())")
        try await worker.read(1)
        try worker.answer("echo", 4, with: "44")
        try await worker.readToEnd()
        #expect(worker.values == [.integer(44), .integer(2)])
    }

    @Test func nothingOutlivesTheChunk() async throws {
        let worker = try await OpenCalls("pve.spawn(function() pve.echo(1) print('after') end) return 'done'")
        try await worker.read(1)
        #expect(worker.end == nil)
        try worker.answer("echo", 1, with: "1")
        try await worker.readToEnd()
        #expect(worker.printed == "after\n")
        #expect(worker.values == ["done"])
    }

    @Test func anErrorThatNobodyJoinsIsTheChunks() async throws {
        let worker = try await OpenCalls("pve.spawn(function() pve.echo(1) error('lost') end) return 'done'")
        try await worker.read(1)
        try worker.answer("echo", 1, with: "1")
        try await worker.readToEnd()
        #expect(worker.error?["message"]?.text == "lost")
        #expect(worker.error?["where"]?.text == "test.lua:1")
    }

    @Test func aFailingChunkCancelsWhatItBegan() async throws {
        let worker = try await OpenCalls("pve.spawn(pve.echo, 1) pve.echo(2) error('end of it')")
        try await worker.read(2)
        try worker.answer("echo", 2, with: "2")
        try await worker.readAbandoned(1)
        #expect(worker.end == nil)
        try worker.answer("echo", 1, with: cancelled, fails: true)
        try await worker.readToEnd()
        #expect(worker.error?["message"]?.text == "end of it")
    }

    @Test func aBlockThatTakesTooLongIsCancelledAndToldSo() async throws {
        let source = """
            local ok, e = pcall(pve.timeout, 5, function()
              print(pcall(pve.echo, 1))
              pve.echo(2)
            end)
            return e.kind
            """
        let worker = try await OpenCalls(source)
        try await worker.read(2)
        #expect(worker.open.map(\.call.name).sorted() == ["@deadline", "echo"])
        try worker.answer("@deadline", with: "null")
        try await worker.readAbandoned(1)
        try worker.answer("echo", 1, with: cancelled, fails: true)
        // What it asks for afterwards is given up at once.
        try await worker.readAbandoned(2)
        try worker.answer("echo", 2, with: cancelled, fails: true)
        try await worker.read(1)
        try worker.answer("@timed_out", with: #"{"kind":"task_timeout","message":"too long"}"#, fails: true)
        try await worker.readToEnd()
        #expect(worker.values == ["task_timeout"])
    }

    @Test func aBlockInTimeGivesItsResults() async throws {
        let worker = try await OpenCalls("return pve.timeout(5, function(a) return pve.echo(a), 'x' end, 1)")
        try await worker.read(2)
        try worker.answer("echo", 1, with: "1")
        try await worker.readAbandoned(1)
        try worker.answer("@deadline", with: cancelled, fails: true)
        try await worker.readToEnd()
        #expect(worker.values == [.integer(1), "x"])
    }

    @Test func blocksThatWaitForEachOtherAreTold() async throws {
        let worker = try await OpenCalls(
            "local a, b a = pve.spawn(function() b:join() end) b = pve.spawn(function() a:join() end) a:join()")
        try await worker.readToEnd()
        #expect(worker.error?["message"]?.text?.contains("wait for each other") == true)
    }

    @Test func protectedCallsAndCloseWorkAcrossWaiting() async throws {
        let source = """
            local closed = {}
            local r = pve.parallel({1, 2}, function(n)
              local guard <close> = setmetatable({}, { __close = function() pve.echo(n + 10) closed[#closed + 1] = n end })
              local ok, e = pcall(function() pve.echo(n) error({ n = n }) end)
              return coroutine.wrap(function() coroutine.yield(1) end)() + e.n
            end)
            return r[1], r[2], #closed
            """
        let worker = try await OpenCalls(source)
        try await worker.read(2)
        try worker.answer("echo", 2, with: "0")
        try worker.answer("echo", 1, with: "0")
        try await worker.read(2)
        try worker.answer("echo", 11, with: "0")
        try worker.answer("echo", 12, with: "0")
        try await worker.readToEnd()
        #expect(worker.values == [.integer(2), .integer(3), .integer(2)])
    }

    @Test(arguments: [
        (
            "table.sort({2, 1}, function(a, b) pve.parallel({1}, pve.echo) return a < b end)",
            "cannot be waited for here"
        ),
        ("pve.parallel(1, print)", "argument 1 must be a list"),
        ("pve.parallel({}, 1)", "argument 2 must be a function"),
        ("pve.parallel({}, print, { limt = 1 })", "there is no option limt"),
        ("pve.parallel({}, print, { limit = 0 })", "limit must be"), ("pve.timeout('x', print)", "number of seconds"),
        ("pve.timeout(0/0, print)", "number of seconds"), ("pve.spawn()", "argument 1 must be a function"),
        ("local b b = pve.spawn(function() b:join() end)", "its own end"),
        ("pve.parallel({1,2,3}, function(n) error('e' .. n) end)", "e1"),
    ])
    func mistakesAreExplained(_ source: String, _ part: String) async throws {
        let outcome = try await TestSession().run(source)
        let others = outcome.error?["errors"]?.elements?.first?["message"]?.text ?? ""
        #expect((outcome.message ?? "").contains(part) || others.contains(part), "\(outcome.message ?? "no error")")
        #expect(outcome.message?.contains("[pvelua]") != true)
    }

    @Test func aLimitEndsAllBlocksAndKeepsTheSession() async throws {
        let session = try await TestSession()
        let outcome = try await session.run(
            "kept = 1 pve.parallel({1, 2}, function(n) pcall(function() while true do end end) end)")
        #expect(outcome.limit == "cpu")
        #expect(try await session.run("return kept").values == [.integer(1)])
    }

    @Test func aThousandParkedBlocksAreAnsweredInAnyOrder() async throws {
        let worker = try await OpenCalls(
            """
            local list = {} for n = 1, 1000 do list[n] = n end
            local sum = 0 for _, v in ipairs(pve.parallel(list, pve.echo, { limit = 1000 })) do sum = sum + v end
            return sum
            """)
        try await worker.read(1000)
        for number in (1...1000).reversed() { try worker.answer("echo", Int64(number), with: "\(number)") }
        try await worker.readToEnd()
        #expect(worker.values == [.integer(500_500)])
    }
}
