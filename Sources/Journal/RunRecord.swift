// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// One run of a script.
///
/// Times are seconds since 1970.
public struct RunRecord: Hashable, Sendable {
    /// The run's name, unique and ordered by time; the caller makes it.
    public var id: String
    /// The cluster it ran against.
    public var cluster: String
    /// The script's name.
    public var script: String
    /// The SHA-256 of the script, in hexadecimal.
    public var scriptSHA256: String
    /// On whose behalf it ran.
    public var caller: Caller
    /// When it began.
    public var started: Double
    /// When it ended; nil for one that runs, or was killed.
    public var ended: Double?
    /// How it ended.
    public var outcome: JSONValue?

    /// Makes the record of a run that begins.
    public init(id: String, cluster: String, script: String, scriptSHA256: String, caller: Caller, started: Double) {
        self.id = id
        self.cluster = cluster
        self.script = script
        self.scriptSHA256 = scriptSHA256
        self.caller = caller
        self.started = started
    }
}
