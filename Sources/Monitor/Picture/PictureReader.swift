// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
public import Proxmox

/// Takes pictures of a cluster, with as few requests as the rules allow; all of them reads.
public struct PictureReader: Sendable {
    let client: ProxmoxClient
    let needs: PictureNeeds
    let slowInterval: Double
    let now: @Sendable () -> Double
    var breaker = NodeBreaker()

    /// How many requests are on their way at once: a monitor must not crowd out those who work.
    static let atOnce = 4

    /// Makes a reader.
    ///
    /// - Parameter now: Seconds since 1970.
    public init(_ client: ProxmoxClient, plan: MonitorPlan, now: @escaping @Sendable () -> Double) {
        self.client = client
        needs = PictureNeeds(plan)
        slowInterval = plan.slowInterval
        self.now = now
    }

    /// Takes a picture; what cannot be read is told in it.
    ///
    /// - Parameter previous: The picture before, whose slow facts may still be good enough.
    public func read(after previous: ClusterPicture? = nil) async -> ClusterPicture {
        var fresh = self
        fresh.breaker = NodeBreaker()
        return await fresh.take(after: previous)
    }

    private func take(after previous: ClusterPicture?) async -> ClusterPicture {
        var picture = ClusterPicture(time: now())
        do throws(Failure) {
            picture.take(try await client.resources())
        } catch {
            picture.outage = error
            // What was known stays for the next round.
            picture.slow = previous?.slow ?? SlowFacts()
            return picture
        }
        if needs.quorum {
            picture.quorum = await sight { () async throws(Failure) in try await client.condition().hasQuorum }
        }
        let age = previous?.slow.time.map { picture.time - $0 }
        if let previous, let age, age >= 0, age < slowInterval {
            picture.slow = previous.slow
        } else {
            picture.slow = await slowFacts(picture)
        }
        await readNodes(&picture)
        await readAgents(&picture)
        picture.time = now()
        return picture
    }

    private func readNodes(_ picture: inout ClusterPicture) async {
        let nodes = picture.nodes.filter { $0.status != .offline }.map(\.name)
        picture.loads = await each(nodes.filter(needs.load)) { await load(of: $0) }
        let time = picture.time
        picture.tasks = await each(nodes.filter { needs.taskSpan($0) != nil }) { node in
            await tasks(of: node, since: time - (needs.taskSpan(node) ?? 0))
        }
    }

    private func load(of node: String) async -> ClusterPicture.Sight<Double> {
        await breaker.read(node) { () async throws(Failure) in
            let data = try await client.send(.get("nodes", node, "status")).data
            guard let five = data["loadavg"]?.array?.dropFirst().first?.perlNumber,
                let count = data["cpuinfo"]?["cpus"]?.perlNumber, count > 0
            else { throw Failure(.server, "node \(node) does not tell its load") }
            return five / count
        }
    }

    private func tasks(of node: String, since: Double) async -> ClusterPicture.Sight<[TaskRow]> {
        await breaker.read(node) { () async throws(Failure) in
            guard let name = NodeName(node) else { throw Failure(.server, "\(node) is no node's name") }
            return try await client.tasks(
                on: name, source: .archive, since: Int(min(max(since, 0), 4e9)), limit: 1000)
        }
    }

    private func readAgents(_ picture: inout ClusterPicture) async {
        let offline = picture.offline
        let asked = picture.guests.filter { guest in
            guest.reference.kind == .qemu && guest.status == "running" && guest.lock == nil
                && !offline.contains(guest.node)
                && needs.agents(guest, try? picture.slow.onboot[guest.vmid]?.get())
        }
        picture.agents = await each(asked, by: \.vmid) { await agent(of: $0) }
    }

    /// Asks the agent who it is: a read that it must be alive to answer, where `ping` would be a POST.
    private func agent(of guest: GuestSight) async -> ClusterPicture.Sight<AgentSight> {
        await breaker.read(guest.node) { () async throws(Failure) in try await ask(guest) }
    }

    private func ask(_ guest: GuestSight) async throws(Failure) -> AgentSight {
        do throws(Failure) {
            _ = try await client.send(APICall(.get, try guest.reference.path("agent", "info")))
            return .answers
        } catch {
            let words = error.raw ?? error.message
            if words.contains("No QEMU guest agent configured") { return .absent }
            // It has just been stopped; the next round sees that.
            if words.contains("is not running"), !words.contains("guest agent") { return .absent }
            let isSilence = words.contains("guest agent is not running") || words.contains("got timeout")
            guard isSilence else { throw error }
            return .silent(words)
        }
    }

    func sight<Value: Sendable>(
        _ read: () async throws(Failure) -> Value
    ) async -> ClusterPicture.Sight<Value> {
        do throws(Failure) { return .success(try await read()) } catch { return .failure(error) }
    }
}
