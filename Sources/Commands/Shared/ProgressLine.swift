// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Synchronization
internal import Terminal
internal import Text

/// The line at the bottom of a terminal that tells how far a task has come; it is overwritten, and wiped before anything
/// else is written.
final class ProgressLine: Sendable {
    private let isShown = Mutex(false)

    /// Shows how far a task has come, or takes the line away.
    ///
    /// Tasks that take less than a second never show: the line would only flicker.
    func show(_ progress: TaskProgress?, style: Style) {
        let text = progress.flatMap { $0.elapsed < .seconds(1) ? nil : Self.text($0) }
        isShown.withLock { isShown in
            guard isShown || text != nil else { return }
            let width = max(20, (windowWidth(2) ?? 80) - 1)
            writeError("\r\u{1b}[K" + (text.map { style.dim($0.truncated(toWidth: width)) } ?? ""))
            isShown = text != nil
        }
    }

    /// Such as `qmigrate 101 on pve1 · 42 % · 1.7 GiB of 4.0 GiB · scsi0 · 12 s`.
    static func text(_ progress: TaskProgress) -> String {
        let figures = progress.figures
        var parts = ["\(progress.upid.type) \(progress.upid.id) on \(progress.upid.node)"]
        if let fraction = figures.fraction { parts.append("\(Int((fraction * 100).rounded(.down))) %") }
        if let done = figures.done, let total = figures.total { parts.append("\(size(done)) of \(size(total))") }
        if let subject = figures.subject { parts.append(subject) }
        if figures.fraction == nil, let line = figures.line { parts.append(line) }
        parts.append("\(progress.elapsed.components.seconds) s")
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
