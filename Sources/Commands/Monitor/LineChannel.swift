// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Monitor
internal import Synchronization
internal import Terminal
internal import Text

/// Standard output: two lines for people, or one of JSON, for each event.
final class LineChannel: AlertChannel {
    let format: OutputFormat
    let style: Style
    /// Whether events are written one by one; the summary of `--once` holds them otherwise.
    let isShown: Bool
    private let lost = Mutex(false)

    init(format: OutputFormat, style: Style, isShown: Bool) {
        self.format = format
        self.style = style
        self.isShown = isShown
    }

    /// Whether standard output takes no more.
    var isLost: Bool { lost.withLock { $0 } }

    func deliver(_ event: AlertEvent) async throws(DeliveryFailure) {
        guard isShown else { return }
        let bytes = format == .json ? event.json.encoded() + [0x0a] : Array(text(event).utf8)
        guard writeAll(1, bytes) else {
            lost.withLock { $0 = true }
            throw DeliveryFailure("standard output takes no more")
        }
    }

    /// The lines for people.
    func text(_ event: AlertEvent) -> String {
        let line = TextCleaner.clean(event.line)
        let shown =
            switch (event.kind, event.alert.severity) {
            case (.resolved, _): style.green(line)
            case (.test, _): line
            case (_, .critical): style.red(line)
            case (_, .warning): style.yellow(line)
            }
        guard event.kind != .resolved, event.kind != .test else { return shown + "\n" }
        return "\(shown)\n    \(style.dim("→ " + TextCleaner.clean(event.alert.advice)))\n"
    }
}
