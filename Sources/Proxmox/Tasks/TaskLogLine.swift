// SPDX-License-Identifier: Apache-2.0

/// One line of a task's log.
public struct TaskLogLine: Hashable, Sendable {
    /// Its number, from 1.
    public var number: Int
    /// What it says.
    public var text: String

    /// Makes a line.
    public init(number: Int, text: String) {
        self.number = number
        self.text = text
    }
}

/// A part of a task's log.
public struct TaskLog: Hashable, Sendable {
    /// The lines, oldest first.
    public var lines: [TaskLogLine]
    /// How many lines there are in all by now.
    public var total: Int

    /// Makes a part of a log.
    public init(lines: [TaskLogLine], total: Int) {
        self.lines = lines
        self.total = total
    }
}
