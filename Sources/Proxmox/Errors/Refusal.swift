// SPDX-License-Identifier: Apache-2.0
public import Model

/// What Proxmox said when it refused a call or when a task ended badly; all that the classifier looks at.
public struct Refusal: Sendable, Hashable {
    /// The HTTP status, or nil for a task's exit text.
    public var status: Int?
    /// The reason phrase, the body's message or the exit text.
    public var text: String
    /// The parameters that were named, with what is wrong with each.
    public var fields: [Failure.Field]
    /// Whether the call only looked, so that not knowing its outcome does no harm.
    public var isRead: Bool
    /// Whether the text is how a task ended.
    public var isTask: Bool

    /// Makes a refusal.
    public init(status: Int?, text: String, fields: [Failure.Field] = [], isRead: Bool = false, isTask: Bool = false) {
        self.status = status
        self.text = text
        self.fields = fields
        self.isRead = isRead
        self.isTask = isTask
    }

    /// The exit text of a task.
    public static func task(_ exitText: String) -> Refusal {
        Refusal(status: nil, text: exitText, isTask: true)
    }
}
