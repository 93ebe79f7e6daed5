// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Monitor
internal import Synchronization

/// One round: look, judge, write down, tell.
struct MonitorRound: Sendable {
    let cluster: String
    let plan: MonitorPlan
    let reader: PictureReader
    let store: any AlertStore
    let routes: [AlertRoute]
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    func run(after previous: ClusterPicture?) async throws(Failure) -> (report: RoundReport, picture: ClusterPicture) {
        let picture = await reader.read(after: previous)
        // What was broken off says nothing of the cluster.
        if Swift.Task.isCancelled { throw Failure(.cancelled, "interrupted") }
        let verdict = RuleJudge(picture, cluster: cluster).judge(plan.rules)
        var report = RoundReport(cluster: cluster, time: picture.time, outage: picture.outage, blind: verdict.blind)
        // The alerts and what is to be told of them are written together, before anything is told.
        let outcome = Mutex<(events: [AlertEvent], alerts: [Alert])>(([], []))
        try await store.changeAlerts(of: cluster, at: picture.time) { [cluster, plan, routes] rows in
            var book = AlertBook(cluster: cluster, alerts: rows.compactMap { Alert($0.body) })
            let events = book.take(
                verdict, rules: plan.rules, isSilenced: { plan.silences.cover($0, $1, in: picture) }, at: picture.time)
            let alerts = book.alerts.values.sorted { $0.fingerprint < $1.fingerprint }
            outcome.withLock { $0 = (events, alerts) }
            return AlertChange(
                alerts: alerts.map {
                    AlertRow(fingerprint: $0.fingerprint, state: $0.state.rawValue, body: $0.json)
                },
                messages: events.flatMap { event in
                    routes.filter { $0.takes(event) }.map { .init(channel: $0.id, body: event.json) }
                })
        }
        (report.events, report.alerts) = outcome.withLock { $0 }
        let silenced = verdict.findings.filter { plan.silences.cover($0.rule, $0.subject, in: picture) }
        report.silenced = Set(silenced.map(\.fingerprint))
        let courier = AlertCourier(cluster: cluster, store: store, routes: routes, now: now)
        (report.undelivered, report.problems) = try await courier.deliver()
        return (report, picture)
    }
}

/// What one round came to.
struct RoundReport: Sendable {
    var cluster: String
    var time: Double
    /// Why the cluster could not be watched.
    var outage: Failure?
    var blind: [BlindSpot]
    var events: [AlertEvent] = []
    var alerts: [Alert] = []
    /// The fingerprints of what is wrong and nobody is to hear of.
    var silenced: Set<String> = []
    /// How many messages wait for the next round.
    var undelivered = 0
    /// What went wrong with channels.
    var problems: [String] = []

    var firing: [Alert] { alerts.filter { $0.state == .firing } }
    var pending: [Alert] { alerts.filter { $0.state == .pending } }

    /// The rules that could not be judged, with the reason, where no other alert holds it.
    var unjudged: [(rule: String, cause: Failure)] {
        var seen: Set<String> = []
        return blind.compactMap { spot in
            guard let cause = spot.cause, seen.insert(spot.rule.id).inserted else { return nil }
            return (spot.rule.id, cause)
        }
    }

    var json: JSONValue {
        var object = JSONObject([
            ("cluster", .string(cluster)), ("at", .string(UTCTime.text(time))),
            ("watched", .bool(outage == nil)), ("events", .array(events.map(\.json))),
            ("firing", .array(firing.map(\.json))), ("pending", .array(pending.map(\.json))),
            ("silenced", .array(silenced.sorted().map(JSONValue.string))),
            (
                "unjudged",
                .array(unjudged.map { ["rule": .string($0.rule), "error": $0.cause.json] })
            ), ("undelivered", JSONValue(undelivered)), ("problems", .array(problems.map(JSONValue.string))),
        ])
        if let outage { object["error"] = outage.json }
        return .object(object)
    }
}
