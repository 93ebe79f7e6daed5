// SPDX-License-Identifier: Apache-2.0
import JSON
import Proxmox
import Testing

@testable import Simulator

struct FaultTests {
    private func outcome(_ bench: Bench) async -> Result<HTTPResponse, TransportFailure> {
        let transport = SimulatorTransport(bench.cluster)
        do throws(TransportFailure) {
            return .success(try await transport.send(bench.request(.post, "/nodes/pve1/qemu/103/status/start")))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: [
        (Fault.Effect.dropBeforeEffect, TransportFailure.Cause.reset, false), (.dropAfterEffect, .reset, true),
        (.reset, .reset, false), (.delay(40), .timeout, true), (.garbage, .garbled, false), (.truncate, .reset, true),
    ])
    func aFaultEndsTheRequestAndItsEffectIsKnown(effect: Fault.Effect, cause: TransportFailure.Cause, happened: Bool)
        async
    {
        let bench = Bench()
        bench.cluster.inject(Fault(effect, method: .post, path: "/nodes/*/status/start"))
        guard case .failure(let failure) = await outcome(bench) else {
            Issue.record("there was an answer")
            return
        }
        #expect(failure.cause == cause)
        #expect(failure.mayHaveBeenSent)
        bench.clock.advance(by: 5)
        #expect((bench.power(103) == .running) == happened)
        #expect(bench.cluster.requests.map(\.reached) == [happened])
    }

    @Test func aFaultHitsOnlyWhatItNamesAndOnlySoOften() async {
        let bench = Bench()
        bench.cluster.inject(Fault(.status(596, "Connection timed out"), path: "/version", count: 2))
        var statuses: [Int] = []
        for path in ["/nodes", "/version", "/version", "/version"] {
            if case .answer(let response) = await bench.cluster.deliver(bench.request(.get, path)) {
                statuses.append(response.status)
            }
        }
        #expect(statuses == [200, 596, 596, 200])
    }

    @Test func aStateCanBeTakenOutAndContinuedElsewhere() async throws {
        let bench = Bench()
        _ = await bench.send(.post, "/nodes/pve1/qemu/103/status/start")
        let clock = VirtualClock(start: bench.clock.now + 5)
        let twin = SimulatedCluster(state: bench.cluster.snapshot(), clock: clock)
        #expect(twin.snapshot().guests[103]?.power == .running)
        #expect(bench.power(103) == .stopped)
    }
}
