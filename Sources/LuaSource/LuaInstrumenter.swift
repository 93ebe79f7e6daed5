// SPDX-License-Identifier: Apache-2.0

/// Writes calls around what a Lua text goes by, so that something that is asked for its truth or its value can say no.
///
/// `if E then` becomes `if (""):T(E) then`, `a == b` becomes `(""):V(a) == (""):V(b)`, and `a .. b .. c` becomes
/// `(""):J(a, b, (c))`, with the names that the caller chooses for `T`, `V` and `J`. A method of the empty string is reached without a variable, so a text can neither shadow it nor
/// change its environment, and no line moves. Where a value has nothing to hide, the methods give it back, and the text
/// does what it did before.
public struct LuaInstrumenter: Sendable {
    /// The method that is asked whether a value is true or false.
    public var truth: String
    /// The method that is asked what a value is.
    public var value: String
    /// The method that stands for `..`.
    public var join: String

    /// Makes an instrumenter.
    ///
    /// - Parameters:
    ///   - truth: The name of the method that conditions, `not`, `and` and `or` are given to.
    ///   - value: The name of the method that sides of `==` and `~=`, keys, and bounds of loops are given to.
    ///   - join: The name of the method that is given what `..` joins, all of a chain at once.
    public init(truth: String, value: String, join: String) {
        self.truth = truth
        self.value = value
        self.join = join
    }

    /// How a text is to be read.
    public enum Form: Sendable {
        /// Statements; a byte order mark and a first line that begins with `#!` are passed over.
        case file
        /// Statements, or expressions whose values are wanted.
        case expression
        /// Statements and nothing else.
        case statements
    }

    /// The text with the calls in it; the same text where it is no Lua 5.4, so that Lua itself may complain.
    public func instrumented(_ source: [UInt8], as form: Form) -> [UInt8] {
        let start = form == .statements ? 0 : LuaText.beginning(of: source)
        if form == .expression, let parser = Self.read(source, start, asExpressions: true) {
            return written(source, parser)
        }
        return Self.read(source, start, asExpressions: false).map { written(source, $0) } ?? source
    }

    private static func read(_ source: [UInt8], _ start: Int, asExpressions: Bool) -> LuaParser? {
        do throws(LuaSyntaxError) {
            var parser = try LuaParser(source, from: start)
            if asExpressions { try parser.expressionChunk() } else { try parser.chunk() }
            return parser
        } catch {
            return nil
        }
    }

    private func opening(_ test: LuaParser.Test) -> [UInt8] {
        switch test {
        case .truth: Array("(\"\"):\(truth)(".utf8)
        case .value: Array("(\"\"):\(value)(".utf8)
        case .join: Array("(\"\"):\(join)(".utf8)
        case .single: [UInt8(ascii: "(")]
        }
    }

    private func written(_ source: [UInt8], _ parser: LuaParser) -> [UInt8] {
        // What opens at one place is nested by where it closes, the outermost first; all that closes closes alike. A call
        // that joins stands outside of what one of its operands alone is asked.
        let opens = parser.wraps.enumerated().sorted { left, right in
            (left.element.start, -left.element.end, -left.offset) < (
                right.element.start, -right.element.end, -right.offset
            )
        }.map(\.element)
        let closes = parser.wraps.map(\.end).sorted()
        let joints = parser.joints.sorted()
        var result: [UInt8] = []
        result.reserveCapacity(source.count + parser.wraps.count * 24)
        var open = 0
        var close = 0
        var joint = 0
        var skips = 0
        for (offset, byte) in source.enumerated() {
            while close < closes.count, closes[close] == offset {
                result.append(UInt8(ascii: ")"))
                close += 1
            }
            while open < opens.count, opens[open].start == offset {
                result.append(contentsOf: opening(opens[open].test))
                open += 1
            }
            if joint < joints.count, joints[joint] == offset {
                result.append(UInt8(ascii: ","))
                joint += 1
                skips = 2
            }
            if skips > 0 { skips -= 1 } else { result.append(byte) }
        }
        result.append(contentsOf: repeatElement(UInt8(ascii: ")"), count: closes.count - close))
        return result
    }
}
