// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// What a changing call answers: the task to follow, or that there is none.
public enum TaskReference: Hashable, Sendable {
    /// The change is being made by this task.
    case task(UPID)
    /// The change is already made.
    case none
    /// The literal `OK` of a backup: there was nothing to do on that node (pve-facts §4).
    case nothingToDo

    /// Reads the data of an answer; an object or any other value means that there is no task.
    ///
    /// - Throws: ``Failure`` of the kind `outcome_unknown` for a text that begins as a task's name and is none.
    public init(_ data: JSONValue) throws(Failure) {
        guard case .string(let text) = data else {
            self = .none
            return
        }
        if let upid = UPID(text) {
            self = .task(upid)
        } else if text == "OK" {
            self = .nothingToDo
        } else if text.hasPrefix("UPID:") {
            throw Failure(
                .outcomeUnknown, "the server named a task in a form that is not known",
                hint: "look at the node's task list", raw: data.excerpt)
        } else {
            self = .none
        }
    }
}
