// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox

@testable import Simulator

/// Sends a recorded story to a simulated cluster and compares the answers.
struct Replay: Sendable {
    let story: Story
    let transcript: Transcript

    /// The first difference, or nil.
    func run() async -> String? {
        var seed = story.seed
        story.prepare(&seed)
        let exchanges = transcript.exchanges
        let start = exchanges.compactMap(\.date).first ?? 1_795_342_000
        let clock = VirtualClock(start: start)
        let cluster = SimulatedCluster(seed, clock: clock)
        cluster.update { state in
            registerTickets(&state)
            if story.hasPast { addPast(&state, listed) }
            story.arrange(&state)
        }
        clock.advance(by: story.settle)
        var upids: [String: String] = [:]
        for (index, exchange) in exchanges.enumerated() {
            guard !exchange.isPlainHTTP, let method = HTTPMethod(rawValue: exchange.method) else { continue }
            if story.hasPast, let row = try? JSONValue(parsing: exchange.body)["data"], row["upid"] != nil {
                cluster.update { addPast(&$0, [row]) }
            }
            if let change = story.interludes[index] { cluster.update { change(&$0) } }
            if let date = exchange.date, date > clock.now { clock.advance(by: date - clock.now) }
            let request = request(method, exchange, upids, seed)
            if let fault = story.faults[index] { cluster.inject(Fault(fault)) }
            let answer = await answer(cluster, clock, request, exchange)
            guard exchange.status != nil else { continue }
            remember(exchange, answer, &upids)
            if let complaint = compare(exchange, answer, upids) {
                return "\(index + 1). \(exchange.method) \(exchange.target.prefix { $0 != "?" }): \(complaint)"
            }
        }
        return nil
    }

    /// A recorded client asked again until a task had ended; so does this one.
    private func answer(
        _ cluster: SimulatedCluster, _ clock: VirtualClock, _ request: HTTPRequest, _ exchange: Exchange
    ) async -> HTTPResponse {
        guard case .answer(var answer) = await cluster.deliver(request) else {
            return HTTPResponse(status: 0, reason: "nothing")
        }
        guard exchange.body.contains(#""status":"stopped""#), exchange.target.contains("/tasks/") else { return answer }
        var budget = 50
        while budget > 0, String(decoding: answer.body, as: UTF8.self).contains(#""status":"running""#),
            let next = cluster.snapshot().nextEvent
        {
            clock.advance(by: max(0.01, next - clock.now))
            answer = await cluster.respond(to: request)
            budget -= 1
        }
        return answer
    }

    private func request(
        _ method: HTTPMethod, _ exchange: Exchange, _ upids: [String: String], _ seed: ClusterSeed
    ) -> HTTPRequest {
        var target = exchange.target
        for (theirs, ours) in upids {
            let encoded = theirs.replacingOccurrences(of: ":", with: "%3A").replacingOccurrences(of: "@", with: "%40")
                .replacingOccurrences(of: "!", with: "%21")
            target = target.replacingOccurrences(of: encoded, with: ours).replacingOccurrences(of: theirs, with: ours)
        }
        var headers = exchange.extraHeaders
        if exchange.credential != "none" {
            var field = exchange.credential
            if let name = field.split(whereSeparator: { "= ".contains($0) }).dropFirst().first,
                let mark = name.lastIndex(of: "!"), field.contains("<secret>")
            {
                let user = seed.users.first { $0.id == name[..<mark] }
                let token = user?.tokens.first { $0.id == name[name.index(after: mark)...] }
                // Secrets are blanked; where the recorded answer says that it was wrong, a wrong one is sent.
                let wrong = exchange.status == 401
                field = field.replacingOccurrences(of: "<secret>", with: wrong ? "wrong" : token?.secret ?? "none")
            }
            headers.append(HTTPHeader("Authorization", field))
        }
        if exchange.isMultipart { headers.append(HTTPHeader("Content-Type", "multipart/form-data; boundary=limit")) }
        let body = exchange.multipart ?? exchange.form
        return HTTPRequest(method, target, headers: headers, body: body.map { Array($0.utf8) })
    }

    /// The tickets that the story's requests carry and that were good when it was recorded.
    private func registerTickets(_ state: inout ClusterState) {
        for exchange in transcript.exchanges where exchange.status != 401 || exchange.reason.contains("csrf") {
            for header in exchange.extraHeaders {
                guard let mark = header.value.range(of: "PVEAuthCookie=") else { continue }
                let text = String(header.value[mark.upperBound...])
                let user = text.split(separator: ":").dropFirst().first.map(String.init) ?? ""
                let csrf = exchange.extraHeaders.first { $0.name == "CSRFPreventionToken" }?.value
                let known = state.tickets[text]?.token ?? "unknown"
                let good = exchange.status == 200 ? csrf ?? known : known
                state.tickets[text] = Ticket(user: user, token: good, issued: state.now)
            }
        }
    }

    /// The rows of the recorded lists.
    private var listed: [JSONValue] {
        transcript.exchanges.compactMap { try? JSONValue(parsing: $0.body)["data"]?.array }.flatMap(\.self)
    }

    /// Tasks that the recorded answers name and no request of the story started: somebody else did.
    private func addPast(_ state: inout ClusterState, _ rows: [JSONValue]) {
        let started = Set(transcript.exchanges.compactMap { try? JSONValue(parsing: $0.body)["data"]?.string })
        for row in rows {
            guard let upid = row["upid"]?.string, !started.contains(upid), state.tasks[upid] == nil,
                let fields = UPID(upid), let exit = row["exitstatus"]?.string ?? row["status"]?.string,
                exit.lowercased() != "running"
            else { continue }
            let start = row["starttime"]?.perlInteger ?? 0
            let token = row["tokenid"]?.string.map { "!\($0)" } ?? ""
            var task = SimulatedTask(
                upid: upid, node: fields.node.rawValue, processID: 1, processStart: 1, start: Double(start),
                type: fields.type, id: fields.id, owner: (row["user"]?.string ?? "") + token, vmid: nil, parameters: [:]
            )
            task.phase = .ended
            task.end = Double(row["endtime"]?.perlInteger ?? start)
            task.exit = exit
            state.tasks[upid] = task
            state.taskOrder.append(upid)
        }
        let tasks = state.tasks
        state.taskOrder.sort { (tasks[$0]?.start ?? 0) < (tasks[$1]?.start ?? 0) }
    }

    private func remember(_ exchange: Exchange, _ answer: HTTPResponse, _ upids: inout [String: String]) {
        guard let theirs = try? JSONValue(parsing: exchange.body)["data"]?.string, theirs.hasPrefix("UPID:"),
            let ours = try? JSONValue(parsing: answer.body)["data"]?.string, ours.hasPrefix("UPID:")
        else { return }
        upids[theirs] = ours
    }

    private func compare(_ exchange: Exchange, _ answer: HTTPResponse, _ upids: [String: String]) -> String? {
        if exchange.status != answer.status || Shape.plain(exchange.reason) != Shape.plain(answer.reason) {
            return "\(exchange.status ?? 0) \(exchange.reason) there, \(answer.status) \(answer.reason) here"
        }
        let body = String(decoding: answer.body, as: UTF8.self)
        let theirs = exchange.body.trimmingCharacters(in: .newlines)
        guard let expected = try? JSONValue(parsing: theirs), let actual = try? JSONValue(parsing: body) else {
            let same = theirs == body.trimmingCharacters(in: .newlines)
            return same ? nil : "'\(theirs)' there, '\(body)' here"
        }
        if let text = expected["data"]?.string, text.hasPrefix("UPID:") {
            let fields = [text, actual["data"]?.string ?? ""].map {
                UPID($0).map { [$0.type, $0.id, $0.user, $0.node.rawValue] }
            }
            return fields[0] == fields[1] ? nil : "\(text) there, \(actual["data"]?.string ?? "") here"
        }
        return Shape.difference(expected, actual)
    }
}
