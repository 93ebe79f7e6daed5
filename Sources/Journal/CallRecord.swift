// SPDX-License-Identifier: Apache-2.0
public import JSON

/// Which call of a script: what it asks, and how many times that had been asked before.
public struct CallID: Hashable, Sendable {
    /// The SHA-256 of the operation's name, its cluster and its arguments.
    public var key: String
    /// The number of this call among those of the same key, from 1.
    public var occurrence: Int

    /// Makes an id.
    public init(key: String, occurrence: Int) {
        self.key = key
        self.occurrence = occurrence
    }
}

/// One answered call of a run, as a resumed run gives the answer again.
public struct CallRecord: Hashable, Sendable {
    /// Which call.
    public var id: CallID
    /// The operation's name, such as `list_vms`.
    public var name: String
    /// The line that asked, by the worker's word.
    public var place: String?
    /// What came of it.
    public var answer: Answer
    /// When, in seconds since 1970.
    public var answered: Double

    /// What a call came to.
    public enum Answer: Hashable, Sendable {
        /// This JSON text was returned, byte for byte.
        case value([UInt8])
        /// This error was raised, as JSON.
        case failure([UInt8])
        /// It held a secret, so it was not kept.
        case withheld
    }

    /// Makes a record.
    public init(id: CallID, name: String, place: String?, answer: Answer, answered: Double) {
        self.id = id
        self.name = name
        self.place = place
        self.answer = answer
        self.answered = answered
    }
}

/// A value that a call of several steps has settled on, such as a number it drew.
public struct MemoRecord: Hashable, Sendable {
    /// The call.
    public var call: CallID
    /// What it is the value of, such as `vmid`.
    public var name: String
    /// The value.
    public var value: JSONValue

    /// Makes a record.
    public init(call: CallID, name: String, value: JSONValue) {
        self.call = call
        self.name = name
        self.value = value
    }
}

/// A module that a run has loaded from beside its script.
public struct ModuleRecord: Hashable, Sendable {
    /// The chunk's name, such as `@lib/power.lua`.
    public var name: String
    /// Its source.
    public var source: [UInt8]

    /// Makes a record.
    public init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
    }
}

/// A piece of what guests were before a run changed anything, which its policy goes by to the end.
public struct StartRecord: Hashable, Sendable {
    /// The cluster.
    public var cluster: String
    /// The number of the piece: 0 is the cluster's overview, later ones are guests that came after it.
    public var part: Int
    /// The piece.
    public var body: JSONValue

    /// Makes a record.
    public init(cluster: String, part: Int, body: JSONValue) {
        self.cluster = cluster
        self.part = part
        self.body = body
    }
}

/// What is written along with a step, in one transaction and one wait for the disk: all that the script was told since the
/// step before, so that whatever a change goes by is on disk before it is sent.
public struct JournalBatch: Sendable {
    /// Answered calls.
    public var calls: [CallRecord] = []
    /// What calls under way have settled on.
    public var memos: [MemoRecord] = []
    /// Modules that were loaded.
    public var modules: [ModuleRecord] = []
    /// What guests were.
    public var starts: [StartRecord] = []
    /// What else is to be audited, in order.
    public var events: [AuditEvent] = []
    /// The failure after which undoing began.
    public var undoing: JSONValue?

    /// Makes an empty batch.
    public init() {}

    /// Two batches as one, the earlier first.
    public static func + (first: JournalBatch, second: JournalBatch) -> JournalBatch {
        var result = first
        result.calls += second.calls
        result.memos += second.memos
        result.modules += second.modules
        result.starts += second.starts
        result.events += second.events
        result.undoing = first.undoing ?? second.undoing
        return result
    }

    /// Whether there is nothing to write.
    public var isEmpty: Bool {
        calls.isEmpty && memos.isEmpty && modules.isEmpty && starts.isEmpty && events.isEmpty && undoing == nil
    }
}

/// All that a run has kept for being resumed, besides its steps.
public struct RunMemory: Sendable {
    /// Answered calls.
    public var calls: [CallRecord]
    /// What calls had settled on.
    public var memos: [MemoRecord]
    /// Modules.
    public var modules: [ModuleRecord]
    /// What guests were.
    public var starts: [StartRecord]
}
