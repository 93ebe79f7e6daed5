// SPDX-License-Identifier: Apache-2.0

/// One argument of an operation, or one key of its options table.
public struct Parameter: Sendable {
    /// The name that errors and documentation use.
    public var name: String
    /// What it accepts.
    public var type: ParameterType
    /// Whether it must be given.
    public var isRequired: Bool
    /// What it means, with unit and default.
    public var summary: String

    /// A parameter that must be given.
    public static func required(_ name: String, _ type: ParameterType, _ summary: String) -> Parameter {
        Parameter(name: name, type: type, isRequired: true, summary: summary)
    }

    /// A parameter that may be left out or nil.
    public static func optional(_ name: String, _ type: ParameterType, _ summary: String) -> Parameter {
        Parameter(name: name, type: type, isRequired: false, summary: summary)
    }
}

/// What values a parameter accepts.
public indirect enum ParameterType: Sendable {
    /// A node's name.
    case node
    /// A vmid, or any table with a `vmid` field, such as a guest object.
    case guest
    /// A vmid, any table with a `vmid` field, or a guest's name.
    case guestOrName
    /// A UPID, or any table with a `upid` field, such as a task.
    case task
    /// One of these words.
    case choice([String])
    /// A snapshot's name, by Proxmox's rule.
    case snapshotName
    /// Text of at most so many bytes, without control characters; line ends only where allowed.
    case text(maximum: Int, lines: Bool = false)
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// Seconds, whole or not, from 0 to a bound.
    case seconds(maximum: Double)
    /// `true` or `false`.
    case flag
    /// A table with these keys and no others.
    case options([Parameter])
    /// A list of values of one type.
    case list(ParameterType)
    /// A path of the API, such as `/nodes/pve1/status`.
    case apiPath
    /// A table of API parameters: names to text, numbers, booleans or lists of those.
    case apiParameters
    /// A storage's id, or any table with a `storage` field.
    case storage
    /// A pool's name, or any table with a `pool` field.
    case pool
    /// A volume's name, or any table with a `volid` field, such as a backup.
    case volume
    /// A disk's size, such as `32G`; with `+` in front a growth.
    case size
    /// A function; only operations that are Lua modules can take one.
    case function
    /// One of these words or a function; only for Lua modules.
    case wordOrFunction([String])
    /// A guest, a list of guests, or a table of filters as `pve.list_vms` takes them; only for Lua modules.
    case guests
    /// Any value that can leave the script.
    case any

    /// The type as error messages and documentation name it, with an article.
    public var description: String {
        switch self {
        case .node: "a node name"
        case .guest: "a vmid or a guest"
        case .guestOrName: "a vmid, a guest or a guest's name"
        case .task: "a task or a UPID"
        case .choice(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        case .snapshotName: "a snapshot name"
        case .text: "a string"
        case .integer(let range) where range.upperBound == Int.max: "a whole number from \(range.lowerBound)"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .seconds: "a number of seconds"
        case .flag: "true or false"
        case .options: "a table of options"
        case .list(let element): "a list, each element \(element.description)"
        case .apiPath: "an API path such as \"/nodes/pve1/status\""
        case .apiParameters: "a table of API parameters"
        case .storage: "a storage id"
        case .pool: "a pool's name such as \"web\" or \"web/front\""
        case .volume: "a volume such as \"local:iso/debian.iso\""
        case .size: "a size such as \"32G\" or \"+5G\""
        case .function: "a function"
        case .wordOrFunction(let words): ParameterType.choice(words).description + " or a function"
        case .guests: "a guest, a list of guests or a table of filters"
        case .any: "a value"
        }
    }
}
