// SPDX-License-Identifier: Apache-2.0
import Model
import Plan
import Policy
import Proxmox
import Runbook
import Testing

/// Something that somebody else does between plan and apply.
struct Drift: Sendable, CustomTestStringConvertible {
    let name: String
    /// The field that the error names.
    let field: String
    let happen: @Sendable (PlanBench) async throws -> Void

    var testDescription: String { name }

    init(_ name: String, _ field: String, _ happen: @escaping @Sendable (PlanBench) async throws -> Void) {
        self.name = name
        self.field = field
        self.happen = happen
    }

    private static func config(_ key: String, _ value: String) -> @Sendable (PlanBench) async throws -> Void {
        { try await $0.other(.put, try await $0.place(103) + "/config", [key: value]) }
    }

    static let all: [Drift] = [
        Drift("renamed", "name", config("name", "other")),
        Drift("retagged", "tags", config("tags", "prod")),
        Drift("configured", "digest", config("memory", "4096")),
        Drift("protected", "protected", config("protection", "1")),
        Drift("locked", "lock") {
            try await $0.other(.post, try await $0.place(103) + "/snapshot", ["snapname": "later"], waits: false)
        },
        Drift("described", "digest", config("description", "another")),
        Drift("started", "status") { try await $0.other(.post, try await $0.place(103) + "/status/start") },
        Drift("put into a pool", "pool") { try await $0.other(.put, "pools/db", ["vms": "103", "allow-move": "1"]) },
        Drift("snapshot removed", "digest") {
            try await $0.other(.delete, try await $0.place(103) + "/snapshot/before")
        },
        Drift("snapshot made", "digest") {
            try await $0.other(.post, try await $0.place(103) + "/snapshot", ["snapname": "later"])
        },
        Drift("moved", "path") { bench in
            let place = try await bench.place(103)
            let target = place.contains("pve1") ? "pve2" : "pve1"
            try await bench.other(.post, place + "/migrate", ["target": target, "with-local-disks": "1"])
        },
        Drift("made a template", "template") { try await $0.other(.post, try await $0.place(103) + "/template") },
        Drift("destroyed and made anew", "uuid") { bench in
            let place = try await bench.place(103)
            try await bench.other(.delete, place)
            let node = place.split(separator: "/")[1]
            try await bench.other(.post, "nodes/\(node)/qemu", ["vmid": "103", "name": "build-1", "memory": "1024"])
        },
    ]
}

struct PlanDriftTests {
    private static let script = """
        local vm = pve.vm(103)
        pve.api.put("/nodes/" .. vm.node .. "/qemu/103/config", { description = "as planned" })
        """

    @Test(arguments: Drift.all)
    func whatChangedSinceStopsBeforeAnythingIsSent(drift: Drift) async throws {
        let bench = try PlanBench()
        if drift.name != "moved", drift.name != "made a template" {
            try await bench.other(.post, try await bench.place(103) + "/snapshot", ["snapname": "before"])
        }
        if drift.name == "destroyed and made anew" {
            try await bench.other(.delete, try await bench.place(103) + "/snapshot/before")
        }
        let plan = try await bench.plan(Self.script)
        #expect(plan.operations.count == 1 && plan.failure == nil, "\(plan.failure ?? "")")
        try await drift.happen(bench)
        let before = bench.bench.writes
        let applied = try await bench.apply(plan, Self.script)
        #expect(applied.failure?.kind == .planDiverged, "\(applied.failure as Any)")
        #expect(applied.failure?.fields.contains { $0.name == drift.field } == true, "\(applied.failure as Any)")
        #expect(bench.bench.writes == before)
        #expect(applied.missing == [1])
    }

    @Test func withoutDriftItIsApplied() async throws {
        let bench = try PlanBench()
        let plan = try await bench.plan(Self.script)
        #expect(bench.bench.writes.isEmpty)
        let applied = try await bench.apply(plan, Self.script)
        #expect(applied.failure == nil && applied.missing.isEmpty)
        #expect(bench.bench.writes.count == 1)
    }

    @Test func aChangeThatIsNotInThePlanIsRefusedWithItsNearest() async throws {
        let bench = try PlanBench()
        let plan = try await bench.plan(Self.script)
        let other = Self.script.replacing("as planned", with: "another")
        let applied = try await bench.apply(plan, other)
        #expect(applied.failure?.kind == .planDiverged)
        #expect(applied.failure?.fields == [.init("description", "planned as planned, now another")])
        #expect(bench.bench.writes.isEmpty)
    }

    @Test func theSameChangeOnceMoreIsOneTooMany() async throws {
        let bench = try PlanBench()
        let twice = """
            for _ = 1, 2 do
              pve.api.put("/nodes/" .. pve.vm(103).node .. "/qemu/103/config", { description = "same" })
            end
            """
        let plan = try await bench.plan(twice)
        #expect(plan.operations.count == 2)
        let applied = try await bench.apply(plan, twice.replacing("1, 2", with: "1, 3"))
        #expect(applied.failure?.kind == .planDiverged, "\(applied.failure as Any)")
        #expect(applied.failure?.message.contains("as often as planned") == true)
        #expect(bench.bench.writes.count == 2)
    }

    @Test func aScriptThatCatchesTheErrorCannotGoOn() async throws {
        let bench = try PlanBench()
        let plan = try await bench.plan("pve.vm(103):start()")
        let applied = try await bench.apply(plan, "pcall(pve.snapshot, nil, 101, {}); pve.vm(103):start()")
        #expect(applied.failure?.kind == .planDiverged && applied.divergence?.kind == .planDiverged)
        #expect(bench.bench.writes.isEmpty)
    }

    @Test func aStricterPolicyIsADivergence() async throws {
        var bench = try PlanBench()
        let plan = try await bench.plan("pve.vm(103):start()")
        bench.bench.environment.policy = try PolicySet.load(
            yaml: """
                version: 1
                rules:
                  - { id: reads, actions: ["read.*"], effect: allow }
                  - { id: all, actions: ["*"], except: ["read.*"], effect: confirm }
                """, file: "stricter")
        let applied = try await bench.apply(plan, "pve.vm(103):start()")
        #expect(applied.failure?.kind == .planDiverged)
        #expect(applied.failure?.fields.first == .init("effect", "planned allow, now confirm"))
        #expect(bench.bench.writes.isEmpty)
    }
}
