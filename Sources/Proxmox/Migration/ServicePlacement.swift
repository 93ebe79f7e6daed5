// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// Where high availability lets a guest be: by its group (PVE 8) or by rules (PVE 9).
public struct ServicePlacement: Hashable, Sendable {
    /// The state it is to be in, such as `started` or `ignored`.
    public var request: String?
    /// The group it belongs to.
    public var group: String?
    /// The nodes it must not leave; nil where it may be anywhere.
    public var nodes: Set<NodeName>?

    /// Reads a resource of high availability, with the group it names or the rules there are.
    ///
    /// - Parameters:
    ///   - resource: `GET /cluster/ha/resources/{sid}`.
    ///   - group: `GET /cluster/ha/groups/{group}`, where it belongs to one.
    ///   - rules: `GET /cluster/ha/rules`, where Proxmox has them.
    public init(resource: JSONValue, group: JSONValue? = nil, rules: [JSONValue] = []) {
        request = resource["state"]?.perlText
        self.group = resource["group"]?.perlText
        if let group, group["restricted"]?.perlBool == true { nodes = Self.members(group["nodes"]) }
        let sid = resource["sid"]?.perlText
        for rule in rules where rule["type"]?.perlText == "node-affinity" && rule["strict"]?.perlBool == true {
            let holds = (rule["resources"]?.perlText ?? "").split { $0 == "," || $0 == " " }.contains {
                String($0) == sid
            }
            guard holds, !(rule["disable"]?.perlBool ?? false) else { continue }
            let allowed = Self.members(rule["nodes"])
            nodes = nodes?.intersection(allowed) ?? allowed
        }
    }

    /// `pve1:2,pve2` without the priorities.
    private static func members(_ list: JSONValue?) -> Set<NodeName> {
        let names = (list?.perlText ?? "").split { $0 == "," || $0 == " " || $0 == ";" }
        return Set(names.compactMap { NodeName(String($0.prefix { $0 != ":" })) })
    }
}
