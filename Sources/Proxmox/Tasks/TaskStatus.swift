// SPDX-License-Identifier: Apache-2.0

/// How a task stands, by Proxmox's own rule (PVE::Tools::upid_normalize_status_type).
public enum TaskStatus: Hashable, Sendable {
    /// It goes on.
    case running
    /// It ended and says OK. For a task that only hands a request to high availability this means: queued.
    case ok
    /// It ended well, with this many warnings in its log.
    case warnings(Int)
    /// It ended badly; the text is the last error in its log.
    case error(String)
    /// It ended and nobody wrote down how; the text is what Proxmox says instead.
    case unknown(String)

    /// Reads an exit status.
    public init(exitText: String) {
        if exitText == "OK" {
            self = .ok
        } else if exitText.hasPrefix("WARNINGS: "), let count = Int(exitText.dropFirst(10)), count >= 0 {
            self = .warnings(count)
        } else if exitText.isEmpty || Self.lost.contains(where: exitText.hasPrefix) {
            self = .unknown(exitText)
        } else {
            self = .error(exitText)
        }
    }

    private static let lost = [
        "unexpected status", "unable to extract last line", "unable to read tail", "unable to get last line",
        "unable to open file - ",
    ]

    /// Whether the task has ended.
    public var hasEnded: Bool { self != .running }
    /// Whether it ended well, warnings or not.
    public var isSuccess: Bool {
        switch self {
        case .ok, .warnings: true
        default: false
        }
    }

    /// The exit status as Proxmox writes it; `running` while there is none.
    public var text: String {
        switch self {
        case .running: "running"
        case .ok: "OK"
        case .warnings(let count): "WARNINGS: \(count)"
        case .error(let text): text
        case .unknown(let text): text.isEmpty ? "no exit status" : text
        }
    }
}
