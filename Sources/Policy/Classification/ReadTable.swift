// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What a GET is: looking, in one of seven areas, or one of the few that hand out more than a look.
enum ReadTable {
    /// GETs that are more than a look.
    static let rows: [ClassificationTable.Row] = [
        .init("GET", "nodes/{}/qemu/{}/agent/file-read", ["agent.file.read"]),
        // It hands out what a command wrote, once: whoever asks takes it from the one who ran the command.
        .init("GET", "nodes/{}/qemu/{}/agent/exec-status", ["agent.exec"]),
        .init("GET", "nodes/{}/{guest}/{}/vncwebsocket", ["guest.console"]),
        .init("GET", "nodes/{}/vncwebsocket", ["node.console"]),
        // These let the node speak to a server that the caller names, from where the caller may not reach it.
        .init("GET", "nodes/{}/query-url-metadata", ["node.probe"]),
        .init("GET", "nodes/{}/query-oci-repo-tags", ["node.probe"]),
        .init("GET", "nodes/{}/scan/nfs", ["node.probe"]),
        .init("GET", "nodes/{}/scan/cifs", ["node.probe"]),
        .init("GET", "nodes/{}/scan/glusterfs", ["node.probe"]),
        .init("GET", "nodes/{}/scan/iscsi", ["node.probe"]),
        .init("GET", "nodes/{}/scan/pbs", ["node.probe"]),
        .init("GET", "nodes/{}/storage/{}/file-restore/download", ["backup.file.read"]),
    ]

    static let areas: [Action] = [
        "read.api", "read.access", "read.cluster", "read.pool", "read.storage", "read.node", "read.guest",
    ]

    static func actions(_ path: [String]) -> Set<Action> {
        if let row = rows.first(where: { $0.pattern.matches("GET", path) }) { return row.actions }
        switch path.first {
        case nil, "version": return ["read.api"]
        case "access": return ["read.access"]
        case "cluster": return ["read.cluster"]
        case "pools": return ["read.pool"]
        case "storage": return ["read.storage"]
        case "nodes":
            switch path.dropFirst(2).first {
            case "qemu", "lxc": return ["read.guest"]
            case "storage": return ["read.storage"]
            default: return ["read.node"]
            }
        default: return [.unknown]
        }
    }
}
