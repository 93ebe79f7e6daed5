// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Model
internal import Proxmox
internal import Runbook
internal import Synchronization

/// What there is on a cluster, as far as completion needs it.
struct ReplInventory: Sendable {
    /// A guest.
    struct Guest: Sendable {
        var vmid: Int
        var name: String
        var kind: String
        var node: String
    }

    var guests: [Guest] = []
    var nodes: [String] = []
    var storages: [String] = []
    var pools: [String] = []
    /// What the guests' states and tags are.
    var (statuses, tags) = ([String](), [String]())

    init() {}

    init(_ rows: [ClusterResource]) {
        for row in rows {
            switch row.kind {
            case .qemu, .lxc:
                guard let vmid = row.vmid else { continue }
                statuses += [row.status].compactMap { $0 }.filter { !statuses.contains($0) }
                tags += row.tags.filter { !tags.contains($0) }
                guests.append(
                    Guest(
                        vmid: vmid.rawValue, name: row.name ?? "", kind: row.kind == .qemu ? "qemu" : "lxc",
                        node: row.node?.rawValue ?? ""))
            case .node: if let node = row.node { nodes.append(node.rawValue) }
            case .storage: if let name = row.storage { storages.append(name) }
            case .pool: if let pool = row.pool { pools.append(pool) }
            case .sdn, .other: break
            }
        }
        guests.sort { $0.vmid < $1.vmid }
        (nodes, storages) = (Set(nodes).sorted(), Set(storages).sorted())
    }
}

/// Asks the cluster what there is, and never keeps the one who types waiting for it.
///
/// An answer is good for a few seconds. Where none comes in time there is nothing to offer; it is used the next time.
final class ReplLookout: Sendable {
    private struct State {
        var answers: [String: (content: Answer, at: ContinuousClock.Instant)] = [:]
        var asked: Set<String> = []
    }

    enum Answer: Sendable {
        case inventory(ReplInventory)
        case names([String])
        case nothing
    }

    private let environment: RunEnvironment
    private let state = Mutex(State())
    /// How long an answer is used, and how long one is waited for.
    private static let (lifetime, patience) = (Duration.seconds(5), DispatchTimeInterval.milliseconds(250))

    /// Policy is asked as ever; where it would have a person asked, the answer is no.
    init(_ environment: RunEnvironment) {
        var environment = environment
        environment.consent = NobodyAtTab()
        self.environment = environment
    }

    /// What there is now.
    func inventory() -> ReplInventory {
        let answer = answer("resources") { run in
            (try? await run.resources()).map { .inventory(ReplInventory($0)) } ?? .nothing
        }
        if case .inventory(let inventory) = answer { return inventory }
        return ReplInventory()
    }

    /// The names of a guest's snapshots.
    func snapshots(of vmid: Int) -> [String] {
        guard let guest = inventory().guests.first(where: { $0.vmid == vmid }), let id = VMID(vmid),
            let node = NodeName(guest.node)
        else { return [] }
        let reference = GuestReference(vmid: id, kind: guest.kind == "lxc" ? .lxc : .qemu, node: node)
        let answer = answer("snapshots \(vmid)") { run in
            (try? await run.snapshots(of: reference)).map { .names($0) } ?? .nothing
        }
        if case .names(let names) = answer { return names }
        return []
    }

    private func answer(_ question: String, _ ask: @escaping @Sendable (CommandRun) async -> Answer) -> Answer {
        let now = ContinuousClock.now
        let (known, mustAsk) = state.withLock { state in
            if let answer = state.answers[question], now - answer.at < Self.lifetime {
                return (Optional(answer.content), false)
            }
            return (nil, state.asked.insert(question).inserted)
        }
        if let known { return known }
        let ready = DispatchSemaphore(value: 0)
        if mustAsk {
            Swift.Task { [self] in
                let content = await ask(CommandRun(environment: environment, name: "completion"))
                state.withLock { state in
                    state.answers[question] = (content, ContinuousClock.now)
                    state.asked.remove(question)
                }
                ready.signal()
            }
        }
        _ = ready.wait(timeout: .now() + Self.patience)
        return state.withLock { $0.answers[question] }.flatMap { now - $0.at < Self.lifetime ? $0.content : nil }
            ?? .nothing
    }
}

/// Nobody is asked anything because of a Tab.
private struct NobodyAtTab: ConsentGiver {
    func ask(_ question: ConsentQuestion) async -> ConsentAnswer { .nobody }
}
