// SPDX-License-Identifier: Apache-2.0
internal import Model

extension TaskBehaviour {
    static let storageTasks = [
        TaskBehaviour("imgdel", lock: .none, begin: StorageTasks.beginDelete, finish: StorageTasks.finishDelete),
        TaskBehaviour("prunebackups", lock: .none, begin: StorageTasks.beginPrune, finish: StorageTasks.finishPrune),
        TaskBehaviour("download", lock: .none, begin: StorageTasks.beginDownload, finish: StorageTasks.finishDownload),
        TaskBehaviour("imgcopy", lock: .none, begin: StorageTasks.beginUpload, finish: StorageTasks.finishUpload),
    ]
}

/// What tasks do that add files to a storage or remove them.
enum StorageTasks {
    static func beginDelete(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let task = state.tasks[upid] else { return 0 }
        let volid = task.parameters["volid"] ?? ""
        if let volume = state.volume(volid, on: task.node), volume.protected {
            throw TaskError("cannot remove protected volume '\(volid)' on '\(volume.storage)'")
        }
        return Durations.deleteVolume
    }

    static func finishDelete(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let volid = task.parameters["volid"] else { return }
        if state.volume(volid, on: task.node) == nil {
            state.log(upid, "disk image '\(volid)' does not exist")
        }
        state.volumes.removeAll { $0.volid == volid && ($0.node == nil || $0.node == task.node) }
        state.log(upid, "Removed volume '\(volid)'")
    }

    private static func rule(_ task: SimulatedTask, _ state: ClusterState) -> Retention? {
        let storage = state.storages.first { $0.name == task.parameters["storage"] }
        return Retention(task.parameters["prune-backups"] ?? storage?.retention ?? "")
    }

    static func beginPrune(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        Durations.deleteVolume
    }

    static func finishPrune(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let rule = rule(task, state) else { return }
        let marked = state.pruned(
            task.parameters["storage"] ?? "", on: task.node, rule, type: task.parameters["type"],
            vmid: task.integer("vmid"))
        for row in marked where row.mark == .remove {
            state.log(upid, "removing backup '\(row.volume.volid)'")
            state.volumes.removeAll { $0 == row.volume }
        }
    }

    // MARK: - Files from elsewhere

    private static func destination(_ state: ClusterState, _ task: SimulatedTask) -> String {
        let storage = state.storages.first { $0.name == task.parameters["storage"] }
        let folder = task.parameters["content"] == "vztmpl" ? "template/cache" : "template/iso"
        return "\(storage?.path ?? "")/\(folder)/\(task.parameters["filename"] ?? "")"
    }

    private static func keep(_ state: inout ClusterState, _ task: SimulatedTask, size: Int) {
        let content = task.parameters["content"] ?? "iso"
        let name = task.parameters["filename"] ?? ""
        let storage = task.parameters["storage"] ?? ""
        let shared = state.storages.first { $0.name == storage }?.shared ?? false
        let volid = "\(storage):\(content)/\(name)"
        let node = shared ? nil : task.node
        state.volumes.removeAll { $0.volid == volid && $0.node == node }
        state.volumes.append(
            SimulatedVolume(
                volid, node: node, content: content, format: Downloads.format(content, name), size: size,
                created: state.now))
    }

    static func beginDownload(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let task = state.tasks[upid], let url = task.parameters["url"] else { return 0 }
        let path = destination(state, task)
        state.log(upid, "downloading \(url) to \(path)")
        let volid =
            "\(task.parameters["storage"] ?? ""):\(task.parameters["content"] ?? "")/"
            + (task.parameters["filename"] ?? "")
        if state.volume(volid, on: task.node) != nil {
            guard task.parameters["checksum"] != nil else {
                throw TaskError("refusing to override existing file '\(path)'")
            }
            state.log(upid, "calculating checksum of existing file...OK, got correct file already, no need to download")
            return 0
        }
        state.log(upid, "--\(CalendarDate(state.now).log)--  \(url)")
        switch SimulatedWeb.file(url) {
        case .failure(let trouble): throw TaskError("download failed: \(trouble.text)")
        case .success(let file):
            state.log(upid, "HTTP request sent, awaiting response... 200 OK")
            state.log(upid, "Length: \(file.size) (\(ByteText.of(file.size))) [\(file.type)]")
            state.log(upid, "Saving to: '\(path).tmp_dwnl'")
        }
        return Durations.download
    }

    static func finishDownload(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid], let url = task.parameters["url"],
            case .success(let file) = SimulatedWeb.file(url)
        else { return }
        if let wanted = task.parameters["checksum"] {
            guard Downloads.isChecksum(wanted, task.parameters["checksum-algorithm"] ?? "") else {
                throw TaskError("checksum mismatch: got '\(file.etag)' != expect '\(wanted)'")
            }
            state.log(upid, "calculating checksum...OK, checksum verified")
        }
        keep(&state, task, size: file.size)
        state.log(upid, "download of '\(url)' to '\(destination(state, task))' finished")
    }

    static func beginUpload(_ state: inout ClusterState, _ upid: String) throws(TaskError) -> Double {
        guard let task = state.tasks[upid] else { return 0 }
        let source = task.parameters["tmpfilename"] ?? ""
        let path = destination(state, task)
        state.log(upid, "starting file import from: \(source)")
        state.log(upid, "target node: \(task.node)")
        state.log(upid, "target file: \(path)")
        state.log(upid, "file size is: \(task.integer("size") ?? 0)")
        if let wanted = task.parameters["checksum"] {
            guard Downloads.isChecksum(wanted, task.parameters["checksum-algorithm"] ?? "") else {
                throw TaskError("checksum mismatch: expected '\(wanted)'")
            }
        }
        state.log(upid, "command: cp -- \(source) \(path)")
        return Durations.upload
    }

    static func finishUpload(_ state: inout ClusterState, _ upid: String) throws(TaskError) {
        guard let task = state.tasks[upid] else { return }
        keep(&state, task, size: task.integer("size") ?? 0)
        state.log(upid, "finished file import successfully")
    }
}
