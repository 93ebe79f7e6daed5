// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model

/// What was true before a change was sent, as far as it tells later what became of it: kept with the intent, should the host
/// not live to see the answer.
public struct CallEvidence: Hashable, Sendable {
    /// What the node's task list held; nil where it could not be read.
    public var mark: TaskWatermark?
    /// The guest that the change is about.
    public var before: GuestFacts?
    /// Who sends it, as UPIDs write it; nil where the credential does not tell.
    public var user: String?
    /// How many seconds the cluster's clock is ahead of ours; nil where it did not show.
    public var clockOffset: Double?

    /// Makes evidence.
    ///
    /// - Parameter now: Our time when the mark had just been taken, in seconds since 1970.
    public init(mark: TaskWatermark?, before: GuestFacts?, user: String?, now: Double) {
        self.mark = mark
        self.before = before
        self.user = user
        // A date is cut to whole seconds: on average it is half a second late.
        clockOffset = mark?.time.map { Double($0) + 0.5 - now }
    }

    /// The evidence as the journal keeps it.
    ///
    /// - Parameters:
    ///   - now: Our time in seconds since 1970.
    ///   - clock: The same moment by the client's clock.
    public func json(now: Double, clock: Duration) -> JSONValue {
        var object = JSONObject([("version", 1)])
        if let user { object["user"] = .string(user) }
        if let clockOffset { object["offset"] = .number(clockOffset) }
        if let mark {
            var list = JSONObject([
                ("known", .array(mark.rivals.map(\.description).sorted().map(JSONValue.string))),
                ("ended", .array(mark.ended.map { .string($0.description) })), ("whole", .bool(mark.isWhole)),
            ])
            if let time = mark.time { list["time"] = JSONValue(time) }
            object["tasks"] = .object(list)
        }
        if let before {
            var guest = JSONObject([
                ("vmid", JSONValue(before.vmid.rawValue)), ("kind", .string(before.kind.rawValue)),
                ("node", .string(before.node.rawValue)),
                ("read", .number(now - (clock - before.observedAt).inSeconds)),
                ("current", .object(before.current.keeping(Self.stateMembers))), ("config", .object(before.config)),
            ])
            if let pool = before.pool { guest["pool"] = .string(pool) }
            object["guest"] = .object(guest)
        }
        return .object(object)
    }

    /// Reads what the journal kept, or returns nil where it is none; what makes no sense in it is left out.
    ///
    /// - Parameters:
    ///   - call: The change that it belongs to.
    ///   - now: Our time in seconds since 1970.
    ///   - clock: The same moment by the client's clock.
    public init?(_ json: JSONValue, of call: APICall, now: Double, clock: Duration) {
        guard json["version"]?.perlInteger == 1 else { return nil }
        user = json["user"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        clockOffset = json["offset"]?.perlNumber.flatMap { $0.isFinite && abs($0) < 1e10 ? $0 : nil }
        if let list = json["tasks"], let trace = CallTrace(call), let known = Self.tasks(list["known"]),
            let ended = Self.tasks(list["ended"])
        {
            mark = TaskWatermark(
                trace, known: Set(known), ended: ended, isWhole: list["whole"] == .bool(true),
                time: list["time"]?.perlInteger)
        }
        before = json["guest"].flatMap { Self.facts($0, now: now, clock: clock) }
    }

    /// Tasks by name; nil where one is none, since a list with a gap proves nothing.
    private static func tasks(_ json: JSONValue?) -> [UPID]? {
        guard let rows = json?.array else { return nil }
        let tasks = rows.compactMap { $0.string.flatMap(UPID.init) }
        return tasks.count == rows.count ? tasks : nil
    }

    private static func facts(_ json: JSONValue, now: Double, clock: Duration) -> GuestFacts? {
        guard let vmid = json["vmid"]?.perlInteger.flatMap(VMID.init),
            let kind = json["kind"]?.string.flatMap(GuestKind.init),
            let node = json["node"]?.string.flatMap(NodeName.init),
            let current = json["current"]?.object, let config = json["config"]?.object
        else { return nil }
        // By this process's clock it may have been read before that clock began.
        let age = json["read"]?.perlNumber.map { now - $0 } ?? 0
        let moment = clock - .seconds(age.isFinite ? min(max(age, 0), 1e9) : 0)
        return GuestFacts(
            GuestReference(vmid: vmid, kind: kind, node: node, pool: json["pool"]?.string), current: current,
            config: config, askedAt: moment, observedAt: moment)
    }

    /// What of `status/current` is more than a passing figure.
    private static let stateMembers: Set<String> = [
        "status", "qmpstatus", "uptime", "pid", "name", "lock", "tags", "template", "ha",
    ]
}

extension JSONObject {
    fileprivate func keeping(_ names: Set<String>) -> JSONObject {
        JSONObject(members.filter { names.contains($0.key) }.map { ($0.key, $0.value) })
    }
}
