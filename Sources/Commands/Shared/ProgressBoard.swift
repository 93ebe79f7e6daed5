// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model
internal import Proxmox
internal import Synchronization
internal import Terminal
internal import Text

/// How far tasks have come, for whoever watches standard error: on a terminal a line for each at its bottom, drawn anew in
/// place and wiped before anything else is written; elsewhere now and then a line of its own.
final class ProgressBoard: Sendable {
    private struct State {
        var tasks: [TaskProgress] = []
        /// When a task is told of next where lines are not drawn in place.
        var due: [UPID: Duration] = [:]
        /// How wide each line was drawn.
        var drawn: [Int] = []
    }

    /// Whether lines are drawn in place.
    let isLive: Bool
    private let style: Style
    private let window: @Sendable () -> (columns: Int, rows: Int)
    private let put: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// How long a task runs before it is told of: on a terminal a shorter one would only flicker.
    private static let (earliest, firstLine, nextLine) = (
        Duration.seconds(1), Duration.seconds(10), Duration.seconds(30)
    )
    /// The most lines, however high the window is.
    private static let most = 8

    init(
        isLive: Bool, style: Style, window: @escaping @Sendable () -> (columns: Int, rows: Int) = windowOfErrors,
        put: @escaping @Sendable (String) -> Void = writeError
    ) {
        self.isLive = isLive
        self.style = style
        self.window = window
        self.put = put
    }

    /// Shows how far a task has come.
    func show(_ progress: TaskProgress) {
        state.withLock { state in
            guard isLive else { return tell(progress, &state) }
            if let index = state.tasks.firstIndex(where: { $0.upid == progress.upid }) {
                state.tasks[index] = progress
            } else {
                state.tasks.append(progress)
            }
            draw(&state)
        }
    }

    /// Takes a task away.
    func end(_ upid: UPID) {
        state.withLock { state in
            state.tasks.removeAll { $0.upid == upid }
            state.due[upid] = nil
            if !state.drawn.isEmpty { draw(&state) }
        }
    }

    /// Takes all tasks away.
    func endAll() {
        state.withLock { state in
            state.tasks.removeAll()
            state.due.removeAll()
            if !state.drawn.isEmpty { draw(&state) }
        }
    }

    /// Wipes the lines and lets something else be written; they come back with the next look at their tasks.
    func around<Result>(_ body: () -> Result) -> Result {
        state.withLock { state in
            if !state.drawn.isEmpty {
                put(erasure(of: state.drawn))
                state.drawn = []
            }
            return body()
        }
    }

    // MARK: - Drawing

    private func draw(_ state: inout State) {
        let shown = state.tasks.filter { $0.elapsed >= Self.earliest }
        guard !shown.isEmpty || !state.drawn.isEmpty else { return }
        let (columns, rows) = window()
        let room = max(1, min(Self.most, rows - 2))
        var texts = shown.prefix(shown.count > room ? max(1, room - 1) : room).map(Self.text)
        if shown.count > texts.count, room > 1 { texts.append("… and \(shown.count - texts.count) more tasks") }
        texts = texts.map { $0.truncated(toWidth: max(1, columns - 1)) }
        put(erasure(of: state.drawn) + texts.map(style.dim).joined(separator: "\n"))
        state.drawn = texts.map(\.displayWidth)
    }

    /// What takes drawn lines away; a window that has become narrower since has broken them into several each.
    private func erasure(of drawn: [Int]) -> String {
        guard !drawn.isEmpty else { return "" }
        let columns = max(1, window().columns)
        let height = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
        return "\r" + (height > 1 ? "\u{1b}[\(height - 1)A" : "") + "\u{1b}[J"
    }

    private func tell(_ progress: TaskProgress, _ state: inout State) {
        guard progress.elapsed >= state.due[progress.upid] ?? Self.firstLine else { return }
        state.due[progress.upid] = progress.elapsed + Self.nextLine
        put(Self.text(progress) + "\n")
    }

    // MARK: - Words

    /// Such as `qmigrate 101 on pve1 · 42 % · 1.7 GiB of 4.0 GiB · scsi0 · 12 s`.
    static func text(_ progress: TaskProgress) -> String {
        let figures = progress.figures
        let what = [progress.upid.type, progress.upid.id].filter { !$0.isEmpty }.joined(separator: " ")
        var parts = ["\(what) on \(progress.upid.node)"]
        if let fraction = figures.fraction { parts.append("\(Int((fraction * 100).rounded(.down))) %") }
        if let done = figures.done, let total = figures.total { parts.append("\(size(done)) of \(size(total))") }
        if let subject = figures.subject { parts.append(subject) }
        if figures.fraction == nil, let line = figures.line, line != figures.subject { parts.append(line) }
        parts.append(TimeText.span(Int(clamping: progress.elapsed.components.seconds)))
        return TextCleaner.clean(parts.joined(separator: " · "))
    }

    private static func size(_ bytes: Double) -> String {
        var amount = bytes
        var units = ["B", "KiB", "MiB", "GiB", "TiB"][...]
        while amount >= 1024, units.count > 1 {
            amount /= 1024
            units = units.dropFirst()
        }
        let tenths = Int((min(amount, 1e12) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units.first ?? "B")"
    }
}

/// The size of the terminal behind standard error; the usual one where it does not tell.
@Sendable func windowOfErrors() -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
}
