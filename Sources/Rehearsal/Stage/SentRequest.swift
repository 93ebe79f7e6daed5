// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model
internal import Policy
internal import Proxmox
internal import Simulator
internal import Text

/// A request that a runbook sent to the simulated cluster, with what it means.
public struct SentRequest: Sendable, Hashable {
    /// When, in seconds since 1970 of the case's time.
    public var time: Double
    /// The HTTP method.
    public var method: String
    /// The path below `/api2/json`.
    public var path: String
    /// What it does, as policies call it, in order of names.
    public var actions: [String]
    /// The guest it is about.
    public var vmid: Int?
    /// The node it goes to.
    public var node: String?
    /// Its parameters as text.
    public var parameters: [String: String]
    /// The kind of the fault that hit it.
    public var fault: String?

    /// Whether it changes nothing.
    public var isRead: Bool { method == "GET" }

    init(_ request: HTTPRequest, at time: Double) {
        self.time = time
        method = request.method.rawValue
        let (segments, parameters) = SimulatedCluster.reading(request) ?? ([], [:])
        path = "/" + segments.joined(separator: "/")
        self.parameters = parameters
        actions = ActionClassifier.actions(method: method, path: segments, parameters: parameters).map(\.rawValue)
            .sorted()
        if segments.count > 1, segments[0] == "nodes" { node = segments[1] }
        if segments.count > 3, ["qemu", "lxc"].contains(segments[2]) { vmid = Int(segments[3]) }
        vmid = vmid ?? parameters["vmid"].flatMap { Int($0) }
    }

    /// Whether it is one of those that an action's name, or `METHOD /path`, stands for; `*` stands for anything.
    func matches(_ pattern: String) -> Bool {
        let glob = Glob(pattern)
        return pattern.contains("/") ? glob.matches("\(method) \(path)") : actions.contains(where: glob.matches)
    }

    /// The row that tests look at.
    public var json: JSONValue {
        var row = JSONObject([
            ("time", .number(time)), ("method", .string(method)), ("path", .string(path)),
            ("action", .string(actions.first ?? "")), ("actions", .array(actions.map(JSONValue.string))),
            ("params", .object(JSONObject(parameters.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))),
        ])
        if let vmid { row["vmid"] = JSONValue(vmid) }
        if let node { row["node"] = .string(node) }
        if let fault { row["fault"] = .string(fault) }
        return .object(row)
    }
}

/// What a test names actions by.
enum ActionPattern {
    /// Refuses a pattern that no request could ever match, since a test that waits for none would always pass.
    ///
    /// - Throws: ``Failure`` of kind `parameter`.
    static func check(_ pattern: String, for function: String) throws(Failure) {
        guard !pattern.contains("/"), !ActionClassifier.knows(Glob(pattern)) else { return }
        throw .parameter(
            function, "names \"\(Excerpt.of(pattern))\", which is no action",
            hint: ActionClassifier.suggestion(for: pattern)
                ?? "an action such as guest.stop, with * for any, or METHOD /path")
    }
}
