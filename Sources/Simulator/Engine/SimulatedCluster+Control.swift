// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
public import Proxmox
internal import Synchronization

extension SimulatedCluster {
    /// An error that the server makes before the API is reached.
    public func serverError(_ status: Int, _ reason: String, withBody: Bool = false) -> HTTPResponse {
        let writer = ResponseWriter(now: clock.now)
        return withBody ? writer.plain(PlainAnswer(status: status, text: reason)) : writer.empty(status, reason)
    }

    /// Answers the requests that steer the simulator itself: `/sim/faults`, `/sim/requests` and `/sim/nodes`.
    ///
    /// They take the same token as the API, and it must be one of root's without limits.
    public func control(_ request: HTTPRequest) -> HTTPResponse {
        let writer = ResponseWriter(now: clock.now)
        let found = core.withLock {
            $0.state.identify(Credentials(request.headers), method: request.method.rawValue, csrf: nil)
        }
        guard case .success(let identity) = found, identity.user == "root@pam", !identity.separated else {
            return writer.empty(401, "No ticket")
        }
        switch (request.method, request.target) {
        case (.get, "/sim/requests"): return answer(writer, .array(requests.map(Self.row)))
        case (.delete, "/sim/requests"):
            core.withLock { $0.requests.removeAll() }
            return answer(writer, .null)
        case (.delete, "/sim/faults"):
            clearFaults()
            return answer(writer, .null)
        case (.post, "/sim/faults"):
            guard let json = try? JSONValue(parsing: request.body ?? []), let fault = Fault(json) else {
                return writer.plain(PlainAnswer(status: 400, text: "no such fault"))
            }
            inject(fault)
            return answer(writer, .null)
        case (.post, "/sim/nodes"):
            guard let json = try? JSONValue(parsing: request.body ?? []), let name = json["node"]?.string,
                case .bool(let online)? = json["online"], setOnline(name, online)
            else { return writer.plain(PlainAnswer(status: 400, text: "no such node")) }
            return answer(writer, .null)
        default: return writer.plain(PlainAnswer(status: 501, text: "no such uri"))
        }
    }

    /// Takes a node away or brings it back; false where there is none of that name.
    ///
    /// The cluster loses its quorum once half of its nodes are away, as each has one vote.
    public func setOnline(_ name: String, _ online: Bool) -> Bool {
        let now = clock.now
        return core.withLock { core in
            core.state.advance(to: now)
            guard let index = core.state.nodes.firstIndex(where: { $0.name == name }) else { return false }
            core.state.nodes[index].online = online
            core.state.nodes[index].offlineSince = online ? nil : core.state.nodes[index].offlineSince ?? now
            core.state.quorate = core.state.nodes.count(where: \.online) * 2 > core.state.nodes.count
            return true
        }
    }

    private func answer(_ writer: ResponseWriter, _ data: JSONValue) -> HTTPResponse {
        writer.success(Reply(data), format: "json", protected: false)
    }

    private static func row(_ request: ReceivedRequest) -> JSONValue {
        [
            "method": .string(request.method.rawValue), "path": .string(request.target),
            "reached": .bool(request.reached),
        ]
    }
}

extension Fault {
    /// Reads `{"method":"POST","path":"/nodes/*","count":1,"effect":"status","status":500,"reason":"…"}`.
    ///
    /// Effects: status, drop-before-effect, drop-after-effect, delay (`seconds`), garbage, truncate,
    /// huge-body (`bytes`), reset.
    init?(_ json: JSONValue) {
        let effect: Effect
        switch json["effect"]?.string {
        case "status":
            guard let status = json["status"]?.perlInteger, (100...999).contains(status) else { return nil }
            let reason = (json["reason"]?.string ?? "Fault").filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
            effect = .status(status, reason)
        case "drop-before-effect": effect = .dropBeforeEffect
        case "drop-after-effect": effect = .dropAfterEffect
        case "delay": effect = .delay(json["seconds"]?.perlNumber ?? 1)
        case "garbage": effect = .garbage
        case "truncate": effect = .truncate
        case "huge-body": effect = .hugeBody(json["bytes"]?.perlInteger ?? 1_048_576)
        case "reset": effect = .reset
        default: return nil
        }
        var method: HTTPMethod?
        if let name = json["method"]?.string {
            guard let known = HTTPMethod(rawValue: name) else { return nil }
            method = known
        }
        self.init(
            effect, method: method, path: json["path"]?.string ?? "*", count: json["count"]?.perlInteger ?? 1)
    }
}
