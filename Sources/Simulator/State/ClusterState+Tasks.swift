// SPDX-License-Identifier: Apache-2.0
internal import Model

extension ClusterState {
    /// Starts a worker and gives it a name.
    @discardableResult
    mutating func spawn(
        _ type: String, id: String, node: String, vmid: Int? = nil, by owner: String,
        parameters: [String: String] = [:], log: [String] = []
    ) -> String {
        lastProcessID += 1 + Int(numbers.next() % 97)
        let boot = nodes.first { $0.name == node }?.bootTime ?? now
        let ticks = Int(max(0, now - boot) * 100) % 0xffff_ffff
        let fields = [lastProcessID, ticks, Int(now)].map { FNV.hex(UInt64($0), digits: 8).uppercased() }
        let upid = "UPID:\(node):\(fields.joined(separator: ":")):\(type):\(id):\(owner):"
        var task = SimulatedTask(
            upid: upid, node: node, processID: lastProcessID, processStart: ticks, start: now, type: type, id: id,
            owner: owner, vmid: vmid, parameters: parameters)
        task.log = log
        switch TaskBehaviour.all[type]?.lock {
        case .guest: task.lockKey = vmid.map { "guest/\(node)/\($0)" }
        case .nodeBackup: task.lockKey = "vzdump/\(node)"
        default: break
        }
        tasks[upid] = task
        taskOrder.append(upid)
        acquire(upid)
        return upid
    }

    private mutating func acquire(_ upid: String) {
        guard let task = tasks[upid] else { return }
        if let key = task.lockKey, let holder = locks[key], holder != upid {
            tasks[upid]?.phase = .waitingForLock
            let isBackup = key.hasPrefix("vzdump/")
            tasks[upid]?.log.append(
                isBackup ? "INFO: trying to get global lock - waiting..." : "trying to acquire lock...")
            schedule(.giveUp(upid), after: isBackup ? 10_800 : Durations.guestLock)
            return
        }
        begin(upid)
    }

    private mutating func begin(_ upid: String) {
        guard let task = tasks[upid] else { return }
        if let key = task.lockKey { locks[key] = upid }
        tasks[upid]?.phase = .running
        guard let behaviour = TaskBehaviour.all[task.type] else { return schedule(.finish(upid), after: 1) }
        do throws(TaskError) {
            let seconds = try behaviour.begin(&self, upid)
            schedule(.finish(upid), after: seconds)
        } catch {
            end(upid, error.text)
        }
    }

    mutating func finishTask(_ upid: String) {
        guard let task = tasks[upid], task.phase == .running else { return }
        if let doom = task.doom {
            if let vmid = task.vmid { guests[vmid] = doom.before }
            return end(upid, doom.text)
        }
        do throws(TaskError) {
            try TaskBehaviour.all[task.type]?.finish(&self, upid)
            if let seconds = tasks[upid]?.again {
                tasks[upid]?.again = nil
                return schedule(.finish(upid), after: seconds)
            }
            end(upid, nil)
        } catch {
            end(upid, error.text)
        }
    }

    /// Lets a task that runs fail when its time has passed, without an effect.
    ///
    /// - Parameter before: The cluster as it was before the task; its guest is as it was then.
    public mutating func doom(_ upid: String, _ text: String, before: ClusterState) {
        guard let task = tasks[upid] else { return }
        tasks[upid]?.doom = Doom(text: text, before: task.vmid.flatMap { before.guests[$0] })
    }

    mutating func giveUp(_ upid: String) {
        guard let task = tasks[upid], task.phase == .waitingForLock, let key = task.lockKey else { return }
        if key.hasPrefix("vzdump/") {
            end(upid, "unexpected status", quietly: true)
        } else {
            end(upid, Refusal.flockText(guestKind(of: task), task.vmid ?? 0))
        }
    }

    private func guestKind(of task: SimulatedTask) -> GuestKind { task.type.hasPrefix("vz") ? .lxc : .qemu }

    /// Ends a task; nil or an empty text is success.
    mutating func end(_ upid: String, _ failure: String?, quietly: Bool = false) {
        guard var task = tasks[upid], task.phase != .ended else { return }
        task.phase = .ended
        task.end = now
        let warnings = task.log.count { $0.hasPrefix("WARN") }
        let text = failure?.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: " ")
        task.exit = text ?? (warnings > 0 ? "WARNINGS: \(warnings)" : "OK")
        if !quietly {
            task.log.append(
                text.map { "TASK ERROR: \($0)" } ?? (warnings > 0 ? "TASK WARNINGS: \(warnings)" : "TASK OK"))
        }
        tasks[upid] = task
        if failure != nil { noteFailure(of: task) }
        guard let key = task.lockKey, locks[key] == upid else { return }
        locks[key] = nil
        guard let next = taskOrder.first(where: { tasks[$0]?.phase == .waitingForLock && tasks[$0]?.lockKey == key })
        else { return }
        tasks[next]?.log.append(" OK")
        begin(next)
    }

    /// Ends a task as a signal does.
    mutating func interrupt(_ upid: String) {
        guard let task = tasks[upid], task.phase != .ended else { return }
        let interrupt = TaskBehaviour.all[task.type]?.interrupt
        if task.phase == .running { interrupt?(&self, upid) }
        end(upid, interrupt == nil ? "received interrupt" : "interrupted by signal")
    }

    mutating func log(_ upid: String, _ line: String) { tasks[upid]?.log.append(line) }

    /// Whether a task holds the guest's lock file at the moment.
    func isFlocked(_ vmid: Int) -> Bool {
        guard let node = guests[vmid]?.node else { return false }
        return locks["guest/\(node)/\(vmid)"] != nil
    }
}
