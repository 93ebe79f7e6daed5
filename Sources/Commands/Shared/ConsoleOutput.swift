// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Runbook
internal import Synchronization
internal import Terminal
internal import Text

/// A run's output on this process's streams: the script's words on stdout, everything else on stderr.
final class ConsoleOutput: RunOutput {
    let context: CommandContext
    let leastLevel: LogLevel
    let tableWidth: Int?
    let showsProgress: Bool
    private let lost = Mutex(false)
    private let progressLine = ProgressLine()

    /// Whether something that belongs on standard output could not be written there.
    var hasLostOutput: Bool { lost.withLock { $0 } }

    init(_ context: CommandContext, options: GlobalOptions) {
        self.context = context
        leastLevel = options.quiet ? .error : options.logLevel
        tableWidth = context.isTerminal.output ? windowWidth(1) : nil
        showsProgress = context.isTerminal.error && !options.quiet && options.format == .text
    }

    /// A pipe gets the bytes as they are; a terminal gets no control characters from a script or a cluster.
    func write(_ bytes: [UInt8]) {
        guard context.isTerminal.output else { return put(bytes) }
        put(Array(TextCleaner.clean(bytes: bytes, keeping: [.newlines, .tabs]).utf8))
    }

    func table(_ table: RunTable) { put(Array(rendered(table).utf8)) }

    /// A table as standard output takes it.
    func rendered(_ table: RunTable) -> String {
        TableRenderer(headings: table.columns, width: tableWidth, style: context.outputStyle).render(table.rows)
    }

    func progress(_ progress: TaskProgress?) { progressLine.show(progress, style: context.errorStyle) }

    private func put(_ bytes: [UInt8]) {
        if showsProgress { progressLine.show(nil, style: context.errorStyle) }
        if !writeAll(1, bytes) { lost.withLock { $0 = true } }
    }

    func log(_ level: LogLevel, _ message: String) {
        guard level >= leastLevel else { return }
        let style = context.errorStyle
        if showsProgress { progressLine.show(nil, style: style) }
        let mark =
            switch level {
            case .debug: style.dim("debug")
            case .info: style.dim("info")
            case .warning: style.yellow("warning")
            case .error: style.red("error")
            }
        writeError("\(mark): \(TextCleaner.clean(message))\n")
    }
}
