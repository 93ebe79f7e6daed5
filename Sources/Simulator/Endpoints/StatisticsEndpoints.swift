// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

extension EndpointTable {
    private static let parameters: [Parameter] = [
        .choice("timeframe", optional: false, ["hour", "day", "week", "month", "year"]),
        .choice("cf", ["AVERAGE", "MAX"]),
    ]

    static let statisticsEndpoints =
        both { kind in
            [
                Endpoint(
                    "GET", "nodes/{node}/\(kind.rawValue)/{vmid}/rrddata",
                    .privilege("/vms/{vmid}", ["VM.Audit"]), protected: true, takes: parameters
                ) { (state, call) throws(Refusal) in
                    let guest = try state.guest(kind, call.vmid, on: call.node)
                    return Statistics.rows(state, call, Statistics.figures(guest, state.now))
                }
            ]
        } + [
            Endpoint(
                "GET", "nodes/{node}/rrddata", .privilege("/nodes/{node}", ["Sys.Audit"]), protected: true,
                takes: parameters
            ) { state, call in
                guard let node = state.node(call.node) else { return .null }
                return Statistics.rows(state, call, Statistics.figures(state, node))
            }
        ]
}

/// The history of guests and nodes, which is flat.
enum Statistics {
    static func figures(_ guest: SimulatedGuest, _ now: Double) -> [(String, JSONValue)] {
        let figures = GuestFigures(guest: guest, now: now)
        return [
            ("cpu", figures.load), ("maxcpu", JSONValue(figures.cores)), ("mem", JSONValue(figures.usedMemory)),
            ("maxmem", JSONValue(figures.memory)), ("disk", 0), ("maxdisk", JSONValue(figures.diskSize)),
            ("netin", 100), ("netout", 80), ("diskread", 0), ("diskwrite", 0),
        ]
    }

    static func figures(_ state: ClusterState, _ node: SimulatedNode) -> [(String, JSONValue)] {
        let load = state.loads()[node.name] ?? NodeLoad()
        return [
            ("cpu", .number(load.processors)), ("maxcpu", JSONValue(node.processors)), ("loadavg", 0.25),
            ("iowait", 0), ("memtotal", JSONValue(node.memory)), ("memused", JSONValue(load.memory(of: node))),
            ("swaptotal", 0), ("swapused", 0), ("roottotal", JSONValue(node.disk)),
            ("rootused", JSONValue(node.disk / 10)), ("netin", 15_621), ("netout", 20_739),
        ]
    }

    static func rows(_ state: ClusterState, _ call: Call, _ figures: [(String, JSONValue)]) -> Reply {
        let steps = ["hour": 60, "day": 1800, "week": 10_800, "month": 43_200, "year": 604_800]
        let step = steps[call["timeframe"] ?? ""] ?? 60
        let last = Int(state.now) / step * step
        return Reply(
            .array((1...70).reversed().map { .object(JSONObject([("time", JSONValue(last - $0 * step))] + figures)) }))
    }
}
