// SPDX-License-Identifier: Apache-2.0
internal import Model

/// One row of the classifier's table: texts that mean the same, their kind, and what to tell a person.
struct ErrorRule: Sendable {
    let kind: ErrorKind
    let patterns: [TextPattern]
    let isForTasksOnly: Bool
    /// Says what to do, given what stood in the pattern's gaps.
    let hint: @Sendable ([String]) -> String?
    /// Notes what the gaps tell about guest and node.
    let note: @Sendable (inout Failure, [String]) -> Void

    init(
        _ kind: ErrorKind, _ patterns: [TextPattern], tasksOnly: Bool = false,
        note: @escaping @Sendable (inout Failure, [String]) -> Void = { _, _ in },
        hint: @escaping @Sendable ([String]) -> String?
    ) {
        self.kind = kind
        self.patterns = patterns
        isForTasksOnly = tasksOnly
        self.note = note
        self.hint = hint
    }

    init(_ kind: ErrorKind, _ patterns: [TextPattern], tasksOnly: Bool = false, _ hint: String? = nil) {
        self.init(kind, patterns, tasksOnly: tasksOnly) { _ in hint }
    }

    /// What stood in the gaps of the first pattern that fits.
    func captures(in text: String, isTask: Bool) -> [String]? {
        if isForTasksOnly, !isTask { return nil }
        for pattern in patterns {
            if let captures = pattern.captures(in: text) { return captures }
        }
        return nil
    }
}

/// The tables; the first match wins.
///
/// Texts are Proxmox's own (pve-facts §7); prefixes such as `clone failed: ` are possible
/// almost everywhere, so nearly all are looked for anywhere in the text.
enum ErrorRules {
    static let all: [ErrorRule] = access + contention + place + state + storage + cluster + tasks
}
