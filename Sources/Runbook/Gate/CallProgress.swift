// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Synchronization

/// A run's output as one call sees it: where that takes the display of its task away, those of other calls stay.
final class CallProgress: RunOutput {
    private let output: any RunOutput
    private let task = Mutex<UPID?>(nil)

    init(_ output: any RunOutput) { self.output = output }

    func write(_ bytes: [UInt8]) { output.write(bytes) }
    func table(_ table: RunTable) { output.table(table) }
    func log(_ level: LogLevel, _ message: String) { output.log(level, message) }
    var hasLostOutput: Bool { output.hasLostOutput }
    var showsProgress: Bool { output.showsProgress }
    func progressEnded(_ upid: UPID) { output.progressEnded(upid) }

    /// A call follows one task after the other.
    func progress(_ progress: TaskProgress?) {
        let former = task.withLock { task in
            defer { task = progress?.upid }
            return task
        }
        if let former, former != progress?.upid { output.progressEnded(former) }
        if let progress { output.progress(progress) }
    }
}
