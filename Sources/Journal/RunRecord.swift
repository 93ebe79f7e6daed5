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
    /// Who began it, such as `alice@ws1`; nil in what an older pvelua wrote.
    public var account: String?
    /// What is needed to run it again; nil for what has no one script, and in what an older pvelua wrote.
    public var origin: RunOrigin?
    /// When it began.
    public var started: Double
    /// When it ended; nil for one that runs, or was killed.
    public var ended: Double?
    /// How it ended.
    public var outcome: JSONValue?
    /// How often it was resumed.
    public var resumes = 0
    /// The failure after which it began to call what `pve.on_failure` was given.
    public var undoing: JSONValue?
    /// How it was asked to end; nil where nobody asked.
    public var cancel: CancelWish?

    /// Makes the record of a run that begins.
    public init(
        id: String, cluster: String, script: String, scriptSHA256: String, caller: Caller, started: Double,
        account: String? = nil, origin: RunOrigin? = nil
    ) {
        self.id = id
        self.cluster = cluster
        self.script = script
        self.scriptSHA256 = scriptSHA256
        self.caller = caller
        self.started = started
        self.account = account
        self.origin = origin
    }
}

/// How a run is asked to end before its script does.
public enum CancelWish: String, Sendable, CaseIterable {
    /// What is under way is finished, nothing new is begun.
    case stop
    /// The same, and then what `pve.on_failure` was given is called.
    case undo
    /// What is under way is left to itself; the run can be resumed.
    case leave
}

/// All that a run came from besides the cluster: its script, and what the script was given.
public struct RunOrigin: Hashable, Sendable {
    /// The script.
    public var source: [UInt8]
    /// The chunk's name by Lua's rule: `@nightly.lua`, `=(-e)`.
    public var chunk: String
    /// Whether the script may be an expression whose value is wanted.
    public var isExpression: Bool
    /// The absolute path of the script; nil for one that was no file.
    public var path: String?
    /// The folder that `require` looks in, absolute; nil where there is none.
    public var folder: String?
    /// The seed of the script's random numbers.
    public var seed: Int64
    /// What `--param` gave; of a secret only its name.
    public var parameters: [Parameter]
    /// The bounds and settings it ran with, by name, as `--limit` and the configuration say them.
    public var settings: JSONObject
    /// What tells its cluster from another of the same name; nil where that was not asked.
    public var fingerprint: String?
    /// The plan's file, byte for byte, where the run follows one.
    public var plan: [UInt8]?
    /// Whether it has no terminal and keeps its output in the journal.
    public var isDetached: Bool

    /// A parameter; one without a value is a secret that was not kept.
    public struct Parameter: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String?

        /// Makes a parameter.
        public init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    /// Makes an origin of a script and its name.
    public init(source: [UInt8], chunk: String, isExpression: Bool = false) {
        self.source = source
        self.chunk = chunk
        self.isExpression = isExpression
        seed = 0
        parameters = []
        settings = JSONObject()
        isDetached = false
    }
}

extension RunOrigin {
    /// All but the script and the plan, which have columns of their own.
    var json: JSONValue {
        var object = JSONObject([
            ("chunk", .string(chunk)), ("expression", .bool(isExpression)), ("seed", .string(String(seed))),
            ("parameters", .array(parameters.map { [.string($0.name), $0.value.map(JSONValue.string) ?? .null] })),
            ("settings", .object(settings)), ("detached", .bool(isDetached)),
        ])
        if let path { object["path"] = .string(path) }
        if let folder { object["folder"] = .string(folder) }
        if let fingerprint { object["fingerprint"] = .string(fingerprint) }
        return .object(object)
    }

    init?(_ json: JSONValue?, source: [UInt8]?, plan: [UInt8]?) {
        guard let json, let source, let chunk = json["chunk"]?.string,
            let seed = json["seed"]?.string.flatMap(Int64.init)
        else { return nil }
        self.init(source: source, chunk: chunk, isExpression: json["expression"] == .bool(true))
        self.seed = seed
        parameters = (json["parameters"]?.array ?? []).compactMap { pair in
            guard let pair = pair.array, let name = pair.first?.string else { return nil }
            return Parameter(name, pair.last?.string)
        }
        settings = json["settings"]?.object ?? JSONObject()
        isDetached = json["detached"] == .bool(true)
        path = json["path"]?.string
        folder = json["folder"]?.string
        fingerprint = json["fingerprint"]?.string
        self.plan = plan
    }
}
