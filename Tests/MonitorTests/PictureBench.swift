// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox

@testable import Monitor

/// Pictures that tests make up, and what rules make of them.
enum PictureBench {
    static let now = 1_800_000_000.0
    static let day = 86_400.0

    /// A cluster of two nodes where all is well.
    static func picture(_ change: (inout ClusterPicture) -> Void = { _ in }) -> ClusterPicture {
        var picture = ClusterPicture(time: now)
        picture.nodes = [
            NodeSight("pve1", memory: 0.5, processors: 0.1), NodeSight("pve2", memory: 0.4, processors: 0.2),
        ]
        picture.storages = [
            StorageSight("local", node: "pve1", used: 0.3, holdsBackups: true),
            StorageSight("local", node: "pve2", used: 0.3, holdsBackups: true),
            StorageSight("nfs", node: "pve1", isShared: true, used: 0.5),
            StorageSight("nfs", node: "pve2", isShared: true, used: 0.5),
        ]
        picture.guests = [
            guest(101, "web-1", "pve1", tags: ["web"]), guest(102, "web-2", "pve2", tags: ["web"]),
            guest(110, "proxy", "pve2", .lxc),
        ]
        picture.quorum = .success(true)
        picture.slow.time = now
        change(&picture)
        return picture
    }

    static func guest(
        _ vmid: Int, _ name: String?, _ node: String, _ kind: GuestKind = .qemu, status: String = "running",
        tags: [String] = [], lock: String? = nil, pool: String? = nil
    ) -> GuestSight {
        guard let number = VMID(vmid), let place = NodeName(node) else { fatalError("\(vmid) on \(node)") }
        return GuestSight(
            GuestReference(vmid: number, kind: kind, node: place, pool: pool), name: name, status: status, tags: tags,
            lock: lock)
    }

    static func found(_ rule: AlertRule, _ picture: ClusterPicture) -> [String] {
        RuleJudge(picture, cluster: "lab").judge([rule]).findings.map {
            $0.subject.path + ($0.isLingering ? " lingers" : "")
        }
    }

    static func judged(_ condition: AlertCondition, _ picture: ClusterPicture) -> Verdict {
        RuleJudge(picture, cluster: "lab").judge([AlertRule("r", condition)])
    }

    static func task(
        _ node: String, _ type: String, _ id: String, _ status: TaskStatus, _ ago: Double
    ) -> TaskRow {
        let end = Int(now - ago)
        let start = String(end - 1, radix: 16, uppercase: true)
        guard let upid = UPID("UPID:\(node):0000AAAA:0000BBBB:\(start):\(type):\(id):root@pam:") else {
            fatalError("no UPID")
        }
        return TaskRow(upid: upid, status: status, endTime: end)
    }
}
