// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model

extension OperationCall {
    /// A value that the call settles on once: a process that goes on with the call gets the same.
    ///
    /// For what a call draws or chooses before it makes several steps. It is written with the next step, so a value that no
    /// step went by may come out as another.
    func memo(_ name: String, _ find: () async throws(Failure) -> JSONValue) async throws(Failure) -> JSONValue {
        let notes = gate.run.notes
        if let known = notes.memos[name] { return known }
        let value = try await find()
        if let id = notes.call {
            await gate.run.run.keep { $0.memos.append(MemoRecord(call: id, name: name, value: value)) }
        }
        return value
    }

    /// Whether an earlier process has begun what this call is to do.
    var hasBegun: Bool { gate.run.notes.mayHaveHappened }
}

extension Operation {
    /// Whether its handler goes on where an earlier process was, step by step; any other makes one step only, and what came
    /// of that is its answer.
    var isResumedByStep: Bool { ["create", "clone", "restore", "backup_prune"].contains(name) }
}
