// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Simulator

/// Answers one read with the changes laid over the live answer.
///
/// The simulator is asked twice: as the cluster was, and as the changes made it. Where both say the same, the live answer
/// stands as it came; where they differ, the difference is carried over.
struct Overlay {
    let worlds: Worlds
    let owner: String
    let reads: ReadLog
    let request: HTTPRequest
    let segments: [String]
    let parameters: [String: String]

    private func part(_ index: Int) -> String { index < segments.count ? segments[index] : "" }

    /// The answer.
    func answer(_ live: Door.Live) async throws(TransportFailure) -> HTTPResponse {
        let after = worlds.after.snapshot()
        if part(0) == "nodes", part(2) == "tasks", after.hasTask(part(3)), !worlds.before.snapshot().hasTask(part(3)) {
            return await worlds.after.respond(to: request, trusting: owner)
        }
        if segments == ["cluster", "nextid"] { return try await nextID(after, live) }
        guard SimulatedCluster.serves(method: "GET", path: "/" + segments.joined(separator: "/")), !isFigures else {
            if let vmid = guestOfPath, after.guests[vmid] != nil, worlds.before.snapshot().guests[vmid] == nil {
                return .unplannable(
                    "GET /\(segments.joined(separator: "/")) cannot be planned: guest \(vmid) is not there yet")
            }
            return try await live(request)
        }
        let (old, new) = await answers(after)
        if old == new { return try await live(request) }
        guard old.status == 200, new.status == 200 else {
            if new.status == 200, part(4) == "agent" || part(4) == "interfaces" { reads.note(guess: request.target) }
            return new
        }
        let answer = try await live(request)
        guard answer.status == 200, let base = Self.body(answer), let before = Self.body(old),
            let now = Self.body(new)
        else { return answer }
        var merged = answer
        var object = base.object ?? JSONObject()
        let data = Difference.apply(to: base["data"] ?? .null, before["data"] ?? .null, now["data"] ?? .null)
        object["data"] = data
        if let total = base["total"]?.perlInteger {
            let more = (now["total"]?.perlInteger ?? 0) - (before["total"]?.perlInteger ?? 0)
            object["total"] = JSONValue(total + more)
        }
        merged.body = JSONValue.object(object).encoded()
        merged.headers.removeAll { $0.name.lowercased() == "content-length" }
        return merged
    }

    /// Figures that the twin could only make up: how busy nodes are, what went on when.
    private var isFigures: Bool {
        segments == ["nodes"] || (part(0) == "nodes" && segments.count == 3 && part(2) == "status")
            || segments.last == "rrddata" || segments.last == "rrd"
    }

    private var guestOfPath: Int? { part(0) == "nodes" && GuestKind(rawValue: part(2)) != nil ? Int(part(3)) : nil }

    private static func body(_ response: HTTPResponse) -> JSONValue? { try? JSONValue(parsing: response.body) }

    /// What the simulator says without and with the changes.
    private func answers(_ after: ClusterState) async -> (HTTPResponse, HTTPResponse) {
        let before = worlds.before.snapshot()
        // Lists of guests need only those that may differ; the others would be the same in both.
        let isList = segments.count <= 3 && guestOfPath == nil
        let differing = isList ? before.guestsDiffering(from: after) : nil
        func ask(_ state: ClusterState) async -> HTTPResponse {
            var state = state
            if let differing { state.guests = state.guests.filter { differing.contains($0.key) } }
            return await SimulatedCluster(state: state, clock: worlds.after.clock).respond(to: request, trusting: owner)
        }
        return (await ask(before), await ask(after))
    }

    /// The lowest number that neither the live cluster nor the twin has.
    private func nextID(
        _ after: ClusterState, _ live: Door.Live
    ) async throws(TransportFailure) -> HTTPResponse {
        let before = worlds.before.snapshot()
        if let wanted = parameters["vmid"].flatMap({ Int($0) }) {
            if (after.guests[wanted] == nil) == (before.guests[wanted] == nil) { return try await live(request) }
            return await worlds.after.respond(to: request, trusting: owner)
        }
        let answer = try await live(request)
        guard answer.status == 200, let first = Self.body(answer)?["data"]?.perlInteger else { return answer }
        var next = first
        while next < 999_999_999 {
            if after.guests[next] == nil {
                if next == first || before.guests[next] != nil { break }
                var question = request
                question.target = "/api2/json/cluster/nextid?vmid=\(next)"
                if try await live(question).status == 200 { break }
            }
            next += 1
        }
        if let freed = before.guests.keys.filter({ after.guests[$0] == nil }).min() { next = min(next, freed) }
        var merged = answer
        merged.headers.removeAll { $0.name.lowercased() == "content-length" }
        merged.body = JSONValue.object(JSONObject([("data", .string(String(next)))])).encoded()
        return merged
    }
}
