// SPDX-License-Identifier: Apache-2.0

/// One worker process of a simulated node.
struct SimulatedTask: Sendable, Hashable {
    enum Phase: Sendable { case waitingForLock, running, ended }

    var upid: String
    var node: String
    var processID: Int
    var processStart: Int
    var start: Double
    var type: String
    var id: String
    /// `user@realm` or `user@realm!token`.
    var owner: String
    var vmid: Int?
    /// What the request asked for.
    var parameters: [String: String]
    var log: [String] = []
    var phase = Phase.running
    var end: Double?
    var exit: String?
    /// What the task holds while it runs, so that two of a kind wait for each other.
    var lockKey: String?
    /// The guests still to be done, where a task does one after another.
    var queue: [Int] = []
    /// How many of them went wrong.
    var failures = 0
    /// What it will fail with, whatever it does; nil where it is left to itself.
    var doom: Doom?
    /// Seconds until the task's next step, where the last one was not the end.
    var again: Double?

    /// The owner without the token.
    var user: String { String(owner.prefix { $0 != "!" }) }
    /// The token's id.
    var token: String? { owner.contains("!") ? owner.split(separator: "!").last.map(String.init) : nil }

    func flag(_ name: String) -> Bool { parameters[name] == "1" }
    func integer(_ name: String) -> Int? { parameters[name].flatMap { Int($0) } }
}

/// How a task will fail, whatever it does.
struct Doom: Sendable, Hashable {
    /// What it fails with.
    var text: String
    /// Its guest as it was before, which it will be again; nil where there was none.
    var before: SimulatedGuest?
}

/// Why a task ends badly; the text becomes its exit status.
struct TaskError: Error {
    var text: String

    init(_ text: String) { self.text = text }
    init(_ refusal: Refusal) { text = refusal.exitText }
}

/// What tasks of one type do: at the beginning, and when their time has passed.
struct TaskBehaviour: Sendable {
    enum Lock: Sendable { case none, guest, nodeBackup }

    typealias Begin = @Sendable (inout ClusterState, String) throws(TaskError) -> Double
    typealias Finish = @Sendable (inout ClusterState, String) throws(TaskError) -> Void
    typealias Interrupt = @Sendable (inout ClusterState, String) -> Void

    var type: String
    var lock: Lock
    /// Checks, marks the guest, and says how many seconds the rest takes.
    var begin: Begin
    /// Makes the change.
    var finish: Finish
    /// Tidies up where somebody ends the task early; nil where such an end leaves everything as it lies.
    var interrupt: Interrupt?

    init(
        _ type: String, lock: Lock = .guest, begin: @escaping Begin, finish: @escaping Finish,
        interrupt: Interrupt? = nil
    ) {
        self.type = type
        self.lock = lock
        self.begin = begin
        self.finish = finish
        self.interrupt = interrupt
    }

    static let all: [String: TaskBehaviour] = Dictionary(
        (powerTasks + containerPowerTasks + snapshotTasks + configTasks + cloneTasks + createTasks + migrateTasks
            + backupTasks + storageTasks + moveTasks + consoleTasks + highAvailabilityTasks + bulkTasks).map {
                ($0.type, $0)
            },
        uniquingKeysWith: { $1 })
}
