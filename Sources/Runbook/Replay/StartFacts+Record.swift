// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Proxmox

extension ClusterResource {
    /// The members that policy goes by, as the server wrote them.
    var recorded: JSONValue {
        let kept: Set<String> = [
            "id", "type", "vmid", "name", "node", "pool", "tags", "status", "template", "lock", "hastate",
        ]
        return .object(JSONObject(members.members.filter { kept.contains($0.key) }.map { ($0.key, $0.value) }))
    }
}

extension PolicyGuest {
    /// All that is known of the guest; what is not known is left out.
    var recorded: JSONValue {
        var object = JSONObject()
        if let vmid { object["vmid"] = JSONValue(vmid) }
        let texts = [
            ("name", name), ("node", node), ("pool", pool), ("kind", kind?.rawValue), ("status", status),
            ("lock", lock), ("hastate", haState),
        ]
        for (name, text) in texts { if let text { object[name] = .string(text) } }
        if let tags { object["tags"] = .array(tags.map(JSONValue.string)) }
        if let isTemplate { object["template"] = .bool(isTemplate) }
        return .object(object)
    }

    /// Reads what ``recorded`` wrote.
    init?(recorded: JSONValue) {
        guard recorded.object != nil else { return nil }
        self.init(
            vmid: recorded["vmid"]?.perlInteger, name: recorded["name"]?.string, node: recorded["node"]?.string,
            pool: recorded["pool"]?.string, tags: recorded["tags"]?.array?.compactMap(\.string),
            kind: recorded["kind"]?.string.flatMap(GuestKind.init(rawValue:)), status: recorded["status"]?.string,
            isTemplate: recorded["template"].map { $0 == .bool(true) }, lock: recorded["lock"]?.string,
            haState: recorded["hastate"]?.string)
    }
}
