// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Runbook
internal import Secrets
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
    private let board: ProgressBoard

    /// Whether something that belongs on standard output could not be written there.
    var hasLostOutput: Bool { lost.withLock { $0 } }

    init(_ context: CommandContext, options: GlobalOptions) {
        self.context = context
        leastLevel = options.quiet ? .error : options.logLevel
        tableWidth = context.isTerminal.output ? windowWidth(1) : nil
        showsProgress = !options.quiet && options.logLevel <= .info && options.format == .text
        board = ProgressBoard(context)
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

    func progress(_ progress: TaskProgress?) {
        if let progress { board.show(progress) } else { board.endAll() }
    }

    func progressEnded(_ upid: UPID) { board.end(upid) }

    private func put(_ bytes: [UInt8]) {
        if !board.around({ writeAll(1, bytes) }) { lost.withLock { $0 = true } }
    }

    func log(_ level: LogLevel, _ message: String) {
        guard level >= leastLevel else { return }
        let style = context.errorStyle
        let mark =
            switch level {
            case .debug: style.dim("debug")
            case .info: style.dim("info")
            case .warning: style.yellow("warning")
            case .error: style.red("error")
            }
        board.around { writeError("\(mark): \(TextCleaner.clean(context.secrets.scrub(message)))\n") }
    }
}

extension ProgressBoard {
    /// The board of this process's standard error: drawn in place where a terminal can do that.
    convenience init(_ context: CommandContext) {
        self.init(
            isLive: context.isTerminal.error && context.environment["TERM"] != "dumb", style: context.errorStyle)
    }
}
