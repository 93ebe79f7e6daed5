// SPDX-License-Identifier: Apache-2.0
import Testing
import Wire

@Suite struct WaitingTests {
    private func echo(_ call: HostCall) -> HostAnswer {
        guard case .integer(let number)? = call.arguments.first else { return .value("\"?\"") }
        return .value("\(number * 10)")
    }

    /// Places where the script calls the host; each must get 10 and 20 for 1 and 2, in order.
    static let places: [(String, String)] = [
        ("plain", "return pve.echo(1), pve.echo(2)"),
        (
            "wrap",
            "local f = coroutine.wrap(function(a) local b = coroutine.yield(pve.echo(a)) return pve.echo(b) end) return f(1), f(2)"
        ),
        (
            "nested wrap",
            "local f = coroutine.wrap(function() local g = coroutine.wrap(function() return pve.echo(1) end) return g() end) return f(), pve.echo(2)"
        ),
        (
            "resume",
            "local co = coroutine.create(function() return pve.echo(1) end) return select(2, coroutine.resume(co)), pve.echo(2)"
        ),
        (
            "pcall",
            "local _, a = pcall(pve.echo, 1) local _, b = xpcall(function() return pve.echo(2) end, print) return a, b"
        ),
        (
            "comparator",
            "local seen = {} table.sort({2, 1}, function(a, b) if not seen[1] then seen = {pve.echo(1), pve.echo(2)} end return a < b end) return table.unpack(seen)"
        ),
        (
            "gsub callback",
            "local t = {} local _ = ('12'):gsub('.', function(c) t[#t + 1] = pve.echo(tonumber(c)) end) return table.unpack(t)"
        ),
        (
            "metamethod",
            "local t = setmetatable({}, {__index = function(_, k) return pve.echo(k) end}) return t[1], t[2]"
        ),
        (
            "tostring",
            "local t = {} local o = setmetatable({}, {__tostring = function() t = {pve.echo(1), pve.echo(2)} return '' end}) print(o) return table.unpack(t)"
        ),
        (
            "coroutine in comparator",
            "local seen table.sort({2, 1}, function(a, b) seen = seen or {coroutine.wrap(function() return pve.echo(1) end)(), pve.echo(2)} return a < b end) return table.unpack(seen)"
        ),
        (
            "close",
            "local t = {} do local x <close> = setmetatable({}, {__close = function() t = {pve.echo(1), pve.echo(2)} end}) end return table.unpack(t)"
        ),
        (
            "iterator",
            "local t = {} for n in function(_, n) n = (n or 0) + 1 if n < 3 then t[n] = pve.echo(n) return n end end do end return table.unpack(t)"
        ),
        (
            "closing coroutine",
            "local t local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() t = {pve.echo(1), pve.echo(2)} end}) coroutine.yield() end) coroutine.resume(co) coroutine.close(co) return table.unpack(t)"
        ),
    ]

    @Test(arguments: places)
    func callsFromAnywhere(_ place: String, _ source: String) async throws {
        let outcome = try await TestSession().run(source, answer: echo)
        #expect(outcome.values == [.integer(10), .integer(20)], "\(place): \(String(describing: outcome.error))")
        #expect(outcome.calls.count == 2)
    }

    @Test func waitingCostsNoRunningTime() async throws {
        let outcome = try await TestSession([.init("cpu_total", .number(1))]).run(
            "local sum = 0 for i = 1, 300 do sum = sum + pve.echo(i) end return sum", answer: echo)
        #expect(outcome.values == [.integer(451_500)])
    }

    @Test func stopsARunningLoopAtAnInterrupt() async throws {
        let session = try await TestSession([.init("cpu_slice", .integer(60)), .init("cpu_total", .integer(60))])
        // The interrupt comes right behind the answer, so the loop is running when the worker sees it.
        let outcome = try await session.run("pve.echo() pcall(function() while true do end end) return 'swallowed'") {
            _ in
            try? session.client.send(Frame(.reply, id: 1, payload: Array("1".utf8)))
            return .interrupt
        }
        #expect(outcome.limit == "interrupt")
        #expect(outcome.message == "interrupted")
        #expect(try await session.run("return 1").values == [.integer(1)])
    }

    @Test(arguments: ["pve.echo()", "pcall(pve.echo)", "pcall(table.sort, {2, 1}, function() return pve.echo() end)"])
    func stopsAWaitingCallAtAnInterrupt(_ source: String) async throws {
        let session = try await TestSession()
        #expect(try await session.run(source + " return 'swallowed'") { _ in .interrupt }.limit == "interrupt")
        // An answer that comes too late is nobody's.
        try session.client.send(Frame(.reply, id: 1, payload: Array("1".utf8)))
        #expect(try await session.run("return pve.echo(4)", answer: echo).values == [.integer(40)])
    }

    @Test func countsTimeOverAllCallsOfAChunk() async throws {
        let session = try await TestSession([.init("cpu_slice", .number(0.1)), .init("cpu_total", .number(0.2))])
        let outcome = try await session.run(
            "while true do local start = os.clock() while os.clock() - start < 0.04 do end pve.echo(1) end",
            answer: echo)
        #expect(outcome.limit == "cpu")
        #expect(outcome.message?.contains("in all") == true)
    }
}
