// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Runbook
internal import Synchronization
internal import Terminal
internal import Text

/// What a script prints while it is planned: on standard error, each line marked, since standard output is the plan's.
final class PlanningOutput: RunOutput {
    private let console: ConsoleOutput
    private let isQuiet: Bool
    private let isSilent: Bool
    private let rest = Mutex<[UInt8]>([])

    /// - Parameter isSilent: Whether nothing is written at all, for a rehearsal that nobody asked to watch.
    init(_ console: ConsoleOutput, isQuiet: Bool, isSilent: Bool = false) {
        self.console = console
        self.isQuiet = isQuiet || isSilent
        self.isSilent = isSilent
    }

    let hasLostOutput = false

    func write(_ bytes: [UInt8]) {
        let lines = rest.withLock { rest -> [UInt8] in
            rest += bytes
            guard let end = rest.lastIndex(of: 0x0a) else { return [] }
            defer { rest.removeSubrange(...end) }
            return Array(rest[..<end])
        }
        if !lines.isEmpty { put(lines) }
    }

    func table(_ table: RunTable) { write(Array(console.rendered(table).utf8)) }
    func log(_ level: LogLevel, _ message: String) {
        if !isSilent { console.log(level, message) }
    }

    /// Writes what has no line end yet.
    func flush() {
        let left = rest.withLock { rest -> [UInt8] in
            defer { rest = [] }
            return rest
        }
        if !left.isEmpty { put(left) }
    }

    private func put(_ lines: [UInt8]) {
        guard !isQuiet else { return }
        let style = console.context.errorStyle
        for line in lines.split(separator: 0x0a, omittingEmptySubsequences: false) {
            writeError(style.dim("planned │ " + TextCleaner.clean(bytes: Array(line), keeping: [.tabs])) + "\n")
        }
    }
}
