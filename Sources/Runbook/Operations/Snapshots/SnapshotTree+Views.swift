// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

extension SnapshotTree {
    /// The snapshots as scripts see them.
    var json: JSONValue {
        .array(
            snapshots.map { snapshot in
                var object = JSONObject([
                    ("name", .string(snapshot.name)), ("description", .string(snapshot.description)),
                    ("vmstate", .bool(snapshot.hasMemory)), ("current", .bool(snapshot.name == present)),
                    ("depth", JSONValue(depth(of: snapshot.name))),
                    ("children", .array(children(of: snapshot.name).map(JSONValue.string))),
                ])
                if let time = snapshot.time { object["time"] = JSONValue(time) }
                if let parent = snapshot.parent { object["parent"] = .string(parent) }
                if let leftover = snapshot.leftover { object["incomplete"] = .string(leftover) }
                return .object(object)
            })
    }

    /// The tree as text, a line each, with where the guest is now.
    var text: String {
        var lines: [(lead: String, rest: String)] = []
        func add(_ depth: Int, _ name: String, _ rest: String) {
            lines.append((String(repeating: "   ", count: depth) + "└─ " + name, rest))
        }
        if present == nil { add(0, "(now)", "you are here") }
        for snapshot in snapshots {
            let depth = depth(of: snapshot.name)
            var words = [snapshot.time.map(TimeText.moment) ?? "at an unknown time"]
            if snapshot.hasMemory { words.append("with memory") }
            if let leftover = snapshot.leftover { words.append("incomplete (\(leftover))") }
            let first = snapshot.description.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            if !first.isEmpty { words.append(first) }
            add(depth, snapshot.name, words.joined(separator: "  "))
            if snapshot.name == present { add(depth + 1, "(now)", "you are here") }
        }
        let width = lines.map(\.lead.count).max() ?? 0
        return lines.map { $0.lead + String(repeating: " ", count: width - $0.lead.count) + "  " + $0.rest }
            .joined(separator: "\n")
    }
}
