// SPDX-License-Identifier: Apache-2.0
internal import Runbook
internal import Synchronization

/// Keeps what a run writes, up to a bound.
final class KeptOutput: RunOutput {
    private let kept = Mutex<(bytes: [UInt8], log: [String], isCut: Bool)>(([], [], false))
    private let draw: @Sendable (RunTable) -> String
    private let most: Int

    let hasLostOutput = false

    init(most: Int = 1 << 20, draw: @escaping @Sendable (RunTable) -> String) {
        self.most = most
        self.draw = draw
    }

    func write(_ bytes: [UInt8]) {
        kept.withLock { kept in
            let room = most - kept.bytes.count
            kept.bytes += bytes.prefix(max(0, room))
            kept.isCut = kept.isCut || bytes.count > room
        }
    }

    func table(_ table: RunTable) { write(Array(draw(table).utf8)) }

    func log(_ level: LogLevel, _ message: String) {
        kept.withLock { kept in
            if kept.log.count < 1000 { kept.log.append("\(level.rawValue): \(message)") }
        }
    }

    var text: String {
        kept.withLock { String(decoding: $0.bytes, as: UTF8.self) + ($0.isCut ? "\n… and more" : "") }
    }

    var logged: [String] { kept.withLock { $0.log } }
}
