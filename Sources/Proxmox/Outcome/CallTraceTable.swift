// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Which task each changing call starts and what it is for; task types are those of PVE's `fork_worker` calls (pve-facts §4).
enum CallTraceTable {
    /// What stands as the id in the task's UPID.
    enum TaskID: Sendable { case guest, backup, unknown }

    struct Row: Sendable {
        let method: HTTPMethod
        /// The path after the guest or, for calls about no guest yet, after the node; `*` is one segment, `**` the rest.
        let tail: [String]
        let qemu: Set<String>
        let lxc: Set<String>
        let condition: PostCondition
        var id = TaskID.guest
        var isGuest = true
        /// The parameter that holds the number of the guest that the call makes; nil where it makes none.
        var number: String?
        var onlyKind: GuestKind?

        func types(_ kind: GuestKind?) -> Set<String> {
            switch kind {
            case .qemu: qemu
            case .lxc: lxc
            case nil: qemu.union(lxc)
            }
        }
    }

    static func row(_ method: HTTPMethod, isGuest: Bool, _ tail: [String], _ kind: GuestKind?) -> Row? {
        rows.first { row in
            row.method == method && row.isGuest == isGuest && (row.onlyKind == nil || row.onlyKind == kind)
                && matches(row.tail, tail)
        }
    }

    private static func matches(_ pattern: [String], _ path: [String]) -> Bool {
        if pattern.last == "**" {
            return path.count >= pattern.count && zip(pattern.dropLast(), path).allSatisfy { $0 == "*" || $0 == $1 }
        }
        return pattern.count == path.count && zip(pattern, path).allSatisfy { $0 == "*" || $0 == $1 }
    }

    private static func guest(
        _ method: HTTPMethod, _ tail: String, _ qemu: Set<String>, _ lxc: Set<String>,
        _ condition: PostCondition = .none
    ) -> Row {
        Row(
            method: method, tail: tail.split(separator: "/").map(String.init), qemu: qemu, lxc: lxc,
            condition: condition)
    }

    private static func node(
        _ method: HTTPMethod, _ tail: String, _ types: Set<String>, _ id: TaskID = .unknown
    ) -> Row {
        Row(
            method: method, tail: tail.split(separator: "/").map(String.init), qemu: types, lxc: types,
            condition: .none, id: id, isGuest: false)
    }

    private static let rows: [Row] = [
        // A guest that high availability looks after is started, stopped and moved by a task of its own (pve-facts §5).
        guest(.post, "status/start", ["qmstart", "hastart"], ["vzstart", "hastart"], .running),
        guest(.post, "status/stop", ["qmstop", "hastop"], ["vzstop", "hastop"], .stopped),
        guest(.post, "status/shutdown", ["qmshutdown", "hastop"], ["vzshutdown", "hastop"], .stopped),
        guest(.post, "agent/shutdown", [], [], .stopped),
        guest(.post, "status/reboot", ["qmreboot"], ["vzreboot"], .restarted),
        guest(.post, "status/reset", ["qmreset"], []),
        guest(.post, "status/suspend", ["qmpause", "qmsuspend"], ["vzsuspend"], .paused),
        guest(.post, "status/resume", ["qmresume"], ["vzresume"], .running),
        guest(.post, "snapshot", ["qmsnapshot"], ["vzsnapshot"], .snapshotExists),
        guest(.delete, "snapshot/*", ["qmdelsnapshot"], ["vzdelsnapshot"], .snapshotGone),
        guest(.post, "snapshot/*/rollback", ["qmrollback"], ["vzrollback"], .rolledBack),
        guest(.post, "migrate", ["qmigrate", "hamigrate"], ["vzmigrate", "hamigrate"], .onTarget),
        Row(
            method: .post, tail: ["clone"], qemu: ["qmclone"], lxc: ["vzclone"], condition: .exists, number: "newid"),
        guest(.post, "template", ["qmtemplate"], ["vztemplate"], .template),
        guest(.delete, "", ["qmdestroy"], ["vzdestroy"], .gone),
        guest(.post, "config", ["qmconfig"], [], .configured),
        guest(.put, "config", [], [], .configured),
        guest(.put, "cloudinit", [], []),
        guest(.put, "resize", ["resize"], ["resize"], .resized),
        guest(.post, "move_disk", ["qmmove"], [], .diskMoved),
        guest(.post, "move_volume", [], ["move_volume"], .diskMoved),
        creation("qemu", .qemu, ["qmcreate", "qmrestore"]),
        creation("lxc", .lxc, ["vzcreate", "vzrestore"]),
        node(.post, "vzdump", ["vzdump"], .backup),
        node(.delete, "storage/*/content/**", ["imgdel"]),
        node(.delete, "storage/*/prunebackups", ["prunebackups"]),
        node(.post, "storage/*/download-url", ["download"]),
        node(.post, "startall", ["startall"]),
        node(.post, "stopall", ["stopall"]),
        node(.post, "suspendall", ["suspendall"]),
        node(.post, "migrateall", ["migrateall"]),
    ]

    private static func creation(_ tail: String, _ kind: GuestKind, _ types: Set<String>) -> Row {
        Row(
            method: .post, tail: [tail], qemu: types, lxc: types, condition: .exists, isGuest: false, number: "vmid",
            onlyKind: kind)
    }
}
