// SPDX-License-Identifier: Apache-2.0
public import JSON

/// Proxmox answers from Perl, where a number that was ever printed becomes a string and a boolean is `1`, `"1"`, `""` or
/// nothing. These readers take every form that real answers have.
extension JSONValue {
    /// The whole number, from a number or from digits in a string.
    public var perlInteger: Int? {
        switch self {
        case .integer(let number): Int(exactly: number)
        case .number(let number): Int(exactly: number)
        case .string(let text): Int(text)
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    /// The number, from a number or from a string; `nan` and `inf` are none.
    public var perlNumber: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    /// The boolean as Perl sees it: null, `0`, `"0"` and `""` are false, everything else is true.
    public var perlBool: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .integer(let number): number != 0
        case .number(let number): number != 0
        case .string(let text): !(text.isEmpty || text == "0")
        case .array, .object: true
        }
    }

    /// The text of a string or a number.
    public var perlText: String? {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }
}
