// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Text

/// Asks the cluster what helps with a failure: who holds a locked guest, and which guest was probably meant.
///
/// It costs a read or two, and whatever goes wrong with those changes nothing of the failure.
struct FailureLookup: Sendable {
    let client: ProxmoxClient
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    /// The failure with what was found out about it.
    ///
    /// - Parameter vmid: The guest that was asked for, where the failure itself names none.
    func explained(_ failure: Failure, vmid: Int?) async -> Failure {
        guard !Swift.Task.isCancelled, let number = failure.vmid ?? vmid, let vmid = VMID(number) else {
            return failure
        }
        return switch failure.kind {
        case .locked: await heldBy(failure, vmid)
        case .notFound where failure.message == "there is no guest \(vmid)": await nearest(failure, vmid)
        default: failure
        }
    }

    /// Names the task that holds a guest's lock, where one of the lock's kind runs.
    private func heldBy(_ failure: Failure, _ vmid: VMID) async -> Failure {
        // What the journal knows of its own steps is told already.
        guard let raw = failure.raw, let lock = Self.lock(in: raw), let types = Self.holders[lock],
            let guest = try? await client.locate(vmid),
            let tasks = try? await client.tasks(on: guest.node, source: .active, limit: 50)
        else { return failure }
        // A backup of several guests names none of them.
        let held = tasks.map(\.upid).first { task in
            types.contains(task.type) && (task.id == String(vmid.rawValue) || task.type == "vzdump" && task.id.isEmpty)
        }
        guard let task = held else { return failure }
        var result = failure
        result.vmid = vmid.rawValue
        result.node = result.node ?? guest.node.rawValue
        let age = Self.age(now() - Double(task.startTime))
        result.hint =
            "guest \(vmid) is locked (\(lock)): task \(task) has been running for \(age) on \(task.node), "
            + "started by \(task.user); wait for it: pve.poll(\"\(task)\")"
        return result
    }

    /// The lock's name in `VM is locked (backup)`.
    static func lock(in text: String) -> String? {
        guard let open = text.firstRange(of: " is locked (") else { return nil }
        return String(text[open.upperBound...].prefix { $0 != ")" })
    }

    /// The types of tasks that set each lock.
    private static let holders: [String: Set<String>] = [
        "backup": ["vzdump"], "migrate": ["qmigrate", "vzmigrate"], "snapshot": ["qmsnapshot", "vzsnapshot"],
        "rollback": ["qmrollback", "vzrollback"], "snapshot-delete": ["qmdelsnapshot", "vzdelsnapshot"],
        "clone": ["qmclone", "vzclone"], "create": ["qmcreate", "vzcreate", "qmrestore", "vzrestore"],
    ]

    /// Names the guests whose numbers look like one that does not exist.
    private func nearest(_ failure: Failure, _ vmid: VMID) async -> Failure {
        guard let rows = try? await client.resources(type: .vm) else { return failure }
        let known = rows.compactMap { row in row.vmid.map { (text: String($0.rawValue), name: row.name) } }
        let near = known.filter { Spelling.isNear($0.text, String(vmid.rawValue)) }.sorted { $0.text < $1.text }.prefix(
            3)
        guard !near.isEmpty else { return failure }
        let names = near.map { guest in guest.name.map { "\(guest.text) (\(TextExcerpt.of($0)))" } ?? guest.text }
        var result = failure
        result.hint =
            "did you mean \(names.joined(separator: " or "))? A guest shows only to those with VM.Audit on /vms/\(vmid)"
        return result
    }

    /// A span of time in one unit: `4 min`.
    static func age(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 1, seconds < 1e9 else { return "a moment" }
        if seconds < 120 { return "\(Int(seconds)) s" }
        return seconds < 7200 ? "\(Int(seconds / 60)) min" : "\(Int(seconds / 3600)) h"
    }
}
