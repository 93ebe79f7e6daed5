// SPDX-License-Identifier: Apache-2.0
import Model
import Policy
import Reference
import Simulator
import TestSupport

/// `docs/features.md`: what every operation calls, needs and risks, from the operation table, the shipped policy and the
/// simulator.
struct FeaturesPage {
    let policy: PolicySet

    func markdown() -> String {
        var lines = [
            "# Every operation", "",
            "Generated from the operation table, the shipped policy and the simulator; `make docs` writes it anew.",
            "What each takes and returns is in [language.md](language.md), who needs which privilege where in",
            "[permissions.md](permissions.md).", "",
        ]
        lines += overview()
        lines += [
            "", "How to read the tables below:", "",
            "- **call**: `GUEST` stands for `/nodes/{node}/{kind}/{vmid}`, `NODE` for `/nodes/{node}`.",
            "- **action**: what policy judges; **person** and **agent**: what the shipped policy then asks of a person at a",
            "  terminal and of an AI agent or CI: *allow* nothing, *confirm* a yes, *typed* the guest's name, *approve* an",
            "  approval by a person, *deny* never.",
            "- **guests**: `qemu` virtual machines, `lxc` containers; empty where no guest is concerned.",
            "- **done when**: what is looked for before the operation says that it is done.",
            "- **sim**: whether the embedded cluster (`--cluster demo`) and `pvelua-sim` serve the call.", "",
        ]
        for area in OperationTable.areas where !area.rows.isEmpty {
            lines += ["## \(area.title)", ""] + table(of: area.rows) + [""]
        }
        return lines.joined(separator: "\n")
    }

    // MARK: - Overview

    private func overview() -> [String] {
        var lines = ["| area | operations | changing | calls | served by the simulator |", "|---|---:|---:|---:|---:|"]
        var total = (operations: 0, changing: 0, calls: 0, served: 0)
        for area in OperationTable.areas where !area.rows.isEmpty {
            let endpoints = area.rows.flatMap(\.endpoints).filter { !$0.dependsOnPath }
            let served = endpoints.filter(isServed).count
            let changing = area.rows.filter { $0.reach == .change }.count
            lines.append("| \(area.title) | \(area.rows.count) | \(changing) | \(endpoints.count) | \(served) |")
            total.operations += area.rows.count
            total.changing += changing
            total.calls += endpoints.count
            total.served += served
        }
        return lines + [
            "| **all** | **\(total.operations)** | **\(total.changing)** | **\(total.calls)** | **\(total.served)** |"
        ]
    }

    private func isServed(_ endpoint: Model.Endpoint) -> Bool {
        GuestKind.allCases.filter(endpoint.kinds.contains).allSatisfy {
            SimulatedCluster.serves(method: endpoint.method, path: endpoint.path, kind: $0)
        }
    }

    // MARK: - An area

    private func table(of rows: [Operation]) -> [String] {
        let calling = rows.filter { !$0.endpoints.isEmpty && !$0.endpoints.contains(where: \.dependsOnPath) }
        let others = rows.filter { row in !calling.contains { $0.name == row.name } }
        var lines: [String] = []
        if !calling.isEmpty {
            lines += [
                "| function | call | action | person | agent | guests | done when | sim |",
                "|---|---|---|---|---|---|---|---|",
            ]
            for operation in calling {
                for (index, endpoint) in operation.endpoints.enumerated() {
                    lines.append(row(endpoint, of: operation, isFirst: index == 0))
                }
            }
            lines.append("")
            lines += calling.compactMap(privileges)
        }
        if !others.isEmpty {
            if !calling.isEmpty { lines.append("") }
            lines += ["| function | what it does | reach | made of |", "|---|---|---|---|"]
            let made = others.compactMap(privileges)
            lines += others.map { operation in
                let parts = operation.uses.map { "`\($0)`" }.joined(separator: " ")
                let origin = operation.endpoints.contains(where: \.dependsOnPath) ? "any path; judged by it" : parts
                return "| \(link(operation)) | \(operation.summary) | \(operation.reach.rawValue) | \(origin) |"
            }
            if !made.isEmpty { lines += [""] + made }
        }
        return lines
    }

    private func row(_ endpoint: Model.Endpoint, of operation: Operation, isFirst: Bool) -> String {
        let path = endpoint.path.replacing("/nodes/{node}/{kind}/{vmid}", with: "GUEST")
            .replacing("/nodes/{node}", with: "NODE")
        let with = endpoint.with.sorted { $0.key < $1.key }.map { "`\($0.key)=\($0.value)`" }
        let call = (["`\(endpoint.method) \(path)`"] + with).joined(separator: " ")
        let isOfGuest = endpoint.path.contains("{vmid}") || endpoint.path.contains("{kind}")
        let kinds = isOfGuest ? GuestKind.allCases.filter(endpoint.kinds.contains).map(\.rawValue) : []
        let cells = [
            isFirst ? link(operation) : "", call, "`\(endpoint.action)`", effect(endpoint, .human),
            effect(endpoint, .agent),
            kinds.joined(separator: " "), OperationReference.condition(endpoint), isServed(endpoint) ? "✓" : "–",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private func link(_ operation: Operation) -> String {
        "[`\(operation.name)`](language.md#pve\(operation.name.filter { $0 != "." }))"
    }

    /// What the shipped policy asks for of the call, made to a guest that no rule singles out.
    private func effect(_ endpoint: Model.Endpoint, _ caller: Caller) -> String {
        let guest = PolicyGuest(
            vmid: 101, name: "web-1", node: "pve1", pool: "", tags: [], kind: .qemu, status: "running",
            isTemplate: false)
        guard let action = Action(endpoint.action) else { return "deny" }
        let decision = policy.evaluate(
            PolicyQuestion(actions: [action], caller: caller, guest: guest, cluster: "demo"))
        return decision.effect == .confirmTyped ? "typed" : decision.effect.rawValue
    }

    private func privileges(_ operation: Operation) -> String? {
        guard !operation.endpoints.contains(where: \.dependsOnPath) else { return nil }
        var names: [String] = []
        for need in operation.allNeeds.flatMap(\.needs) {
            let name = need.anyOf.map { "`\($0)`" }.joined(separator: " or ")
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? nil : "- `\(operation.name)` needs \(names.joined(separator: ", "))"
    }
}
