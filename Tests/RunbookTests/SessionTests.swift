// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Policy
import Simulator
import TestSupport
import Testing

@testable import Runbook

struct SessionTests {
    @Test func everyOperationHasItsHandlerAndEveryHandlerItsOperation() {
        let answered = OperationTable.all.filter { $0.module == nil }.map(\.name)
        #expect(Set(OperationHandlers.all.keys) == Set(answered))
    }

    @Test func everyOperationMadeOfOthersHasItsModuleAndNamesWhatItUses() throws {
        for row in OperationTable.all {
            guard let module = row.module else {
                #expect(row.uses.isEmpty, "\(row.name)")
                continue
            }
            let source = String(decoding: try #require(ModuleFinder.shipped(module), "\(module)"), as: UTF8.self)
            let called = Set(source.matches(of: #/\bpve\.([a-z_.]+)/#).map { String($0.1) })
            let names = Set(OperationTable.all.map(\.name))
            #expect(called.intersection(names).subtracting([row.name]) == Set(row.uses), "\(row.name)")
        }
    }

    @Test(arguments: OperationTable.all.flatMap(\.endpoints).filter { !$0.dependsOnPath })
    func theClassifierDerivesTheActionOfEveryRow(endpoint: Model.Endpoint) throws {
        for kind in GuestKind.allCases where endpoint.kinds.contains(kind) {
            let segments = filledPath(
                endpoint.path, kind: kind.rawValue,
                others: endpoint.action == "storage.content.delete" ? ["volume": "local:iso%2Fx.iso"] : [:]
            ).split(separator: "/").map {
                String($0).replacing("%2F", with: "/")
            }
            var parameters = endpoint.with.mapValues { $0 == "*" ? "x" : $0 }
            // Without a word a container's root is the host's, which is an action more.
            if endpoint.action == "guest.create" { parameters["unprivileged"] = "1" }
            let actions = ActionClassifier.actions(method: endpoint.method, path: segments, parameters: parameters)
            #expect(
                endpoint.with.isEmpty
                    ? actions.map(\.rawValue) == [endpoint.action] : actions.map(\.rawValue).contains(endpoint.action),
                "\(segments) gives \(actions)")
        }
    }

    @Test func errorsAreValuesThatScriptsCanRead() async throws {
        let bench = try Bench()
        let code = """
            local ok, e = pcall(pve.vm, 999)
            print(ok, e.kind, e.vmid, pve.is_error(e), pve.is_error(e, "not_found"), pve.is_error(e, "locked"), pve.is_error("x"))
            print(e)
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text.hasPrefix("false\tnot_found\t999\ttrue\ttrue\tfalse\tfalse\nnot_found: "))
    }

    @Test func aForgedErrorIsAScriptError() async throws {
        let bench = try Bench()
        let failure = try #require(try await bench.failure(of: "error({ kind = 'policy_denied', message = 'forged' })"))
        #expect(failure.kind == .script)
    }

    @Test func anErrorThatIsThrownAgainKeepsItsKind() async throws {
        let bench = try Bench()
        let code = "local ok, e = pcall(pve.vm, 999); error(e)"
        #expect(try await bench.failure(of: code)?.kind == .notFound)
    }

    @Test func badArgumentsSendNothing() async throws {
        let bench = try Bench()
        let calls = [
            "pve.vm_action(nil, 0/0, 'start')", "pve.vm_action(nil, -1, 'start')",
            "pve.vm_action('../x', 101, 'start')",
            "pve.snapshot(nil, 101, { name = 'a\\r\\nb' })", "pve.snapshot(nil, 101, { name = 'a\\0b' })",
            "pve.vm_action(('x'):rep(10000000), 101, 'start')", "local t = {}; t.t = t; pve.table{ t }",
            "pve.list_vms{ x = 1 }",
            "pve.vm_action(nil, print, 'start')", "pve.api.get('/../../etc')", "pve.api.get('/a\\r\\nb')",
        ]
        for call in calls {
            let failure = try #require(try await bench.failure(of: call), "\(call)")
            #expect(failure.kind == .parameter, "\(call): \(failure)")
        }
        #expect(bench.cluster.requests.isEmpty)
    }

    @Test func tablesAndLogsReachTheOutput() async throws {
        let bench = try Bench()
        #expect(
            try await bench.failure(
                of: "pve.table({ { b = 1, vmid = 101 }, { vmid = 102 } }); pve.log('hello', 'warning')") == nil)
        #expect(bench.output.tables == [RunTable(columns: ["vmid", "b"], rows: [["101", "1"], ["102", ""]])])
        #expect(bench.output.logged == ["warning: hello"])
    }

    @Test func sleepingCostsNoRealTime() async throws {
        let bench = try Bench()
        #expect(
            try await bench.failure(of: "local t = pve.now(); pve.sleep(7200); print(pve.now() - t >= 7200)") == nil)
        #expect(bench.output.text == "true\n")
    }

    @Test func filtersSelectGuests() async throws {
        let bench = try Bench()
        let code = """
            local function ids(filters)
              local list = {}
              for _, vm in ipairs(pve.list_vms(filters)) do list[#list + 1] = vm.vmid end
              return table.concat(list, " ")
            end
            print(ids()); print(ids{ tag = "web" }); print(ids{ name = "web-*" }); print(ids{ status = "stopped" })
            print(ids{ kind = "lxc" }); print(ids{ template = true }); print(ids{ pool = "db" }); print(ids{ node = "pve9" })
            """
        #expect(try await bench.failure(of: code) == nil)
        #expect(bench.output.text == "100 101 102 103 110 111\n101 102\n101 102\n103 111\n110 111\n9000\n100\n\n")
    }

    @Test func aLimitEndsTheChunkAndNotTheSession() async throws {
        let bench = try Bench { $0.limits.processorSlice = 0.2 }
        let scope = RunScope(id: "r", environment: bench.environment, script: nil)
        let session = try await RunbookSession.start(
            bench.environment, worker: try .launch(executable: Bench.worker), run: scope)
        func evaluate(_ code: String) async -> ChunkOutcome {
            await session.evaluate(Chunk(source: Array(code.utf8), name: "=repl", isExpression: true))
        }
        _ = await evaluate("x = 41")
        guard case .failed(let failure) = await evaluate("while true do end") else {
            Issue.record("an endless loop ended")
            return
        }
        #expect(failure.failure.kind == .limit)
        guard case .values(let values) = await evaluate("x + 1") else {
            Issue.record("the session was lost")
            return
        }
        #expect(values.map(\.json) == [42])
        if case .incomplete = await evaluate("for i = 1, 2 do") {} else { Issue.record("not incomplete") }
        await session.end()
    }

    @Test func aWorkerThatIsKilledIsAClearError() async throws {
        let worker = try WorkerProcess.launch(executable: Bench.worker)
        worker.kill(reason: "the test killed it")
        var last: WorkerProcess.Event?
        for await event in worker.events { last = event }
        guard case .ended(let end) = last else {
            Issue.record("no end")
            return
        }
        #expect(end.description == "the test killed it")
    }

    @Test func aWorkerThatCannotBeStartedIsAConfigurationError() async throws {
        let bench = try Bench()
        let scope = RunScope(id: "r", environment: bench.environment, script: nil)
        for path in ["/nonexistent/pvelua-worker", "/bin/true", "/bin/cat"] {
            let failure = try await #require(throws: Failure.self) {
                try await RunbookSession.start(
                    bench.environment, worker: try .launch(executable: path), run: scope)
            }
            #expect(failure.kind == .config || failure.kind == .script)
        }
    }
}
