// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model
internal import Wire

/// One argument after its check: a value of the type that its parameter declares.
public enum CheckedArgument: Sendable, Hashable {
    case node(NodeName)
    case guest(VMID)
    case task(UPID)
    /// The result of an action that had nothing to do, where a task could stand.
    case nothingToWaitFor
    case text(String)
    case snapshotName(SnapshotName)
    case integer(Int)
    case seconds(Double)
    case flag(Bool)
    case options(Arguments)
    case value(JSONValue)
}

/// The checked arguments of one call, by parameter name; what was left out is absent.
public struct Arguments: Sendable, Hashable {
    private var values: [String: CheckedArgument] = [:]

    /// Makes arguments with nothing in them.
    public init() {}

    /// The argument of that name.
    public subscript(_ name: String) -> CheckedArgument? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The node, where one was given.
    public func node(_ name: String = "node") -> NodeName? {
        if case .node(let node) = values[name] { node } else { nil }
    }

    /// The text, where one was given.
    public func text(_ name: String) -> String? {
        switch values[name] {
        case .text(let text): text
        case .snapshotName(let snapshot): snapshot.rawValue
        default: nil
        }
    }

    /// The whole number, where one was given.
    public func integer(_ name: String) -> Int? {
        if case .integer(let number) = values[name] { number } else { nil }
    }

    /// The duration, where one was given.
    public func seconds(_ name: String) -> Swift.Duration? {
        if case .seconds(let number) = values[name] { .milliseconds(Int64(number * 1000)) } else { nil }
    }

    /// The flag, where one was given.
    public func flag(_ name: String) -> Bool? {
        if case .flag(let flag) = values[name] { flag } else { nil }
    }

    /// The table of options; empty where none was given.
    public func options(_ name: String = "options") -> Arguments {
        if case .options(let options) = values[name] { options } else { Arguments() }
    }

    /// The free value, where one was given.
    public func value(_ name: String) -> JSONValue? {
        if case .value(let value) = values[name] { value } else { nil }
    }

    /// The guest, which must have been declared as required.
    public func guest(_ name: String = "guest") throws(Failure) -> VMID {
        guard case .guest(let vmid) = values[name] else { throw .parameter(name, "must be a vmid or a guest") }
        return vmid
    }

    /// The task, which must have been declared as required.
    public func task(_ name: String = "task") throws(Failure) -> UPID {
        guard case .task(let upid) = values[name] else { throw .parameter(name, "must be a task or a UPID") }
        return upid
    }
}
