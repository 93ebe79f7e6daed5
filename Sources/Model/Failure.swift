// SPDX-License-Identifier: Apache-2.0
public import JSON

/// One failed call, step or command: its kind, what to tell a person, and all that is known about it.
///
/// The same value is what a script catches, what ends stderr with `--format json`, and what the exit status follows.
public struct Failure: Error, Hashable, Sendable {
    /// What went wrong, for programs.
    public var kind: ErrorKind
    /// What went wrong, in one line for people.
    public var message: String
    /// What to do next, where there is something to say.
    public var hint: String?
    /// The HTTP status of the answer, where there was one.
    public var status: Int?
    /// What Proxmox said, unaltered: reason phrase or message or task exit text.
    public var raw: String?
    /// The parameter the error is about, and for a refusal by Proxmox each field it named with its text.
    public var fields: [Field] = []
    /// The action asked for, such as `guest.stop`.
    public var action: String?
    /// The cluster it came from, where that is not the run's own.
    public var cluster: String?
    /// The guest it was about.
    public var vmid: Int?
    /// The node it was about.
    public var node: String?
    /// The task that failed.
    public var upid: String?
    /// The last lines of that task's log, oldest first.
    public var log: [String] = []

    /// A parameter's name and what is wrong with it.
    public struct Field: Hashable, Sendable {
        /// The parameter's name as the caller or Proxmox wrote it.
        public var name: String
        /// What is wrong with it.
        public var text: String

        /// Makes a field.
        public init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    /// Makes a failure; set further properties where more is known.
    public init(_ kind: ErrorKind, _ message: String, hint: String? = nil, status: Int? = nil, raw: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.status = status
        self.raw = raw
    }

    /// A wrong argument: names it and says what it must be.
    public static func parameter(_ name: String, _ text: String, hint: String? = nil) -> Failure {
        var failure = Failure(.parameter, "\(name): \(text)", hint: hint)
        failure.fields = [Field(name, text)]
        return failure
    }
}

extension Failure: CustomStringConvertible {
    /// `kind: message`, in one line.
    public var description: String { "\(kind.rawValue): \(message)" }
}

extension Failure {
    /// The error as scripts and `--format json` show it; members that are not known are left out.
    public var json: JSONValue {
        var object = JSONObject([("kind", .string(kind.rawValue)), ("message", .string(message))])
        if let hint { object["hint"] = .string(hint) }
        if let status { object["status"] = JSONValue(status) }
        if let raw { object["raw"] = .string(raw) }
        if !fields.isEmpty { object["fields"] = .object(JSONObject(fields.map { ($0.name, .string($0.text)) })) }
        if let action { object["action"] = .string(action) }
        if let cluster { object["cluster"] = .string(cluster) }
        if let vmid { object["vmid"] = JSONValue(vmid) }
        if let node { object["node"] = .string(node) }
        if let upid { object["upid"] = .string(upid) }
        if !log.isEmpty { object["log"] = .array(log.map(JSONValue.string)) }
        return .object(object)
    }
}
