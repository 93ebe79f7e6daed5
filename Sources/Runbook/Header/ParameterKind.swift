// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model
internal import Wire

/// What a runbook's parameter may be.
public enum ParameterKind: String, Sendable, CaseIterable {
    case string, integer, number, boolean, duration, size, vmid, node, guest, tag, pool, storage

    /// What it must be, as it follows "must be".
    var meaning: String {
        switch self {
        case .string: "text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .duration: "a time such as 60s, 5m or 1h30m"
        case .size: "a size such as 512MiB or 8GiB"
        case .vmid: "a vmid, from 100 to 999999999"
        case .node: "a node's name"
        case .guest: "a guest's vmid or name"
        case .tag: "a tag"
        case .pool: "a pool's name"
        case .storage: "a storage's name"
        }
    }

    /// Whether `min` and `max` have a meaning.
    var isOrdered: Bool { [.integer, .number, .duration, .size, .vmid].contains(self) }
    /// Whether `pattern` has a meaning.
    var isText: Bool { [.string, .node, .guest, .tag, .pool, .storage].contains(self) }

    /// The value as a script is to have it, of what a person wrote; nil where it is none.
    func value(_ text: String) -> PackedValue? {
        switch self {
        case .string: return PackedValue(text)
        case .integer: return WrittenAmount.integer(text).map(PackedValue.integer)
        case .number: return WrittenAmount.number(text)
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on", "1": return .bool(true)
            case "false", "no", "off", "0": return .bool(false)
            default: return nil
            }
        case .duration: return WrittenAmount.seconds(text)
        case .size: return WrittenAmount.bytes(text).map(PackedValue.integer)
        case .vmid: return WrittenAmount.integer(text).flatMap(Self.vmid)
        case .node: return NodeName(text).map { PackedValue($0.rawValue) }
        case .guest:
            if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                return WrittenAmount.integer(text).flatMap(Self.vmid)
            }
            let isName =
                text.utf8.count <= 255 && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f }
            return isName ? PackedValue(text) : nil
        case .tag: return GuestTag.isTag(text) ? PackedValue(text) : nil
        case .pool: return PoolID(text).map { PackedValue($0.rawValue) }
        case .storage: return StorageID(text).map { PackedValue($0.rawValue) }
        }
    }

    /// The same of what stands in the header: what Lua has a type for as that type, all else as it would be given.
    func value(_ literal: LuaLiteral.Value) -> PackedValue? {
        switch (self, literal) {
        case (.integer, .integer(let number)): .integer(number)
        case (.number, .integer(let number)): .integer(number)
        case (.number, .number(let number)): number.isFinite ? .number(number) : nil
        case (.boolean, .boolean(let flag)): .bool(flag)
        case (.vmid, .integer(let number)), (.guest, .integer(let number)): Self.vmid(number)
        case (.integer, _), (.number, _), (.boolean, _), (.vmid, _): nil
        case (_, .string(let bytes)): String(validating: bytes, as: UTF8.self).flatMap(value)
        default: nil
        }
    }

    private static func vmid(_ number: Int64) -> PackedValue? {
        Int(exactly: number).flatMap { VMID($0) }.map { .integer(Int64($0.rawValue)) }
    }
}

/// Numbers with or without a unit, as people write them.
enum WrittenAmount {
    static func integer(_ text: String) -> Int64? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// A whole number stays one.
    static func number(_ text: String) -> PackedValue? {
        if let whole = integer(text) { return .integer(whole) }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        return .number(number)
    }

    /// The seconds in `300ms`, `60s`, `1h30m` or `2d`; whole ones as an integer.
    static func seconds(_ text: String) -> PackedValue? {
        let units: [(name: String, milliseconds: Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        var rest = text[...]
        var total: Int64 = 0
        var last = Int64.max
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
            guard (1...9).contains(digits.count), let number = Int64(digits),
                let unit = units.first(where: { $0.name == name }), unit.milliseconds < last
            else { return nil }
            last = unit.milliseconds
            // Nine digits of days stay far below what 64 bits hold.
            total += number * unit.milliseconds
            rest = rest.dropFirst(digits.count + name.count)
        }
        guard !text.isEmpty else { return nil }
        return total % 1000 == 0 ? .integer(total / 1000) : .number(Double(total) / 1000)
    }

    /// The bytes in `512KiB`, `8GiB` or Proxmox's `8G`; the unit must be there.
    static func bytes(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let shifts: [String: Int64] = [
            "KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40, "K": 10, "M": 20, "G": 30, "T": 40,
        ]
        guard (1...6).contains(digits.count), let number = Int64(digits),
            let shift = shifts[String(text.dropFirst(digits.count))]
        else { return nil }
        return number << shift
    }
}
