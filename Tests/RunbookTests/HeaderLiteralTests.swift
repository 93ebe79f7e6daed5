// SPDX-License-Identifier: Apache-2.0
import LuaSource
import Model
import TestSupport
import Testing
import Wire

@testable import Runbook

/// What the host reads of a header without running it is what Lua makes of it.
struct HeaderLiteralTests {
    /// Random tables of literals, as a person or a generator of code might write them.
    private struct Writer {
        var random: SplitMix

        mutating func table(_ depth: Int) -> String {
            let count = random.below(5)
            let isList = random.below(2) == 0
            var fields: [String] = []
            for number in 0..<count {
                fields.append(isList ? value(depth) : key(number) + blank() + "=" + blank() + value(depth))
            }
            let end = count > 0 ? random.pick(["", ",", ";"]) : ""
            return "{" + blank() + fields.joined(separator: blank() + random.pick([",", ";"]) + blank()) + end + blank()
                + "}"
        }

        private mutating func key(_ number: Int) -> String {
            random.pick([
                "k\(number)", "[\"k\(number)\"]", "[ 'größe\(number)' ]", "[ [[a b\(number)]] ]", "_K\(number)",
            ])
        }

        private mutating func blank() -> String {
            random.pick(["", " ", "\n", "\t", " --x\n", "--[[ a\n'b ]]", " --[==[ ]] ]==] ", "\r\n"])
        }

        private mutating func value(_ depth: Int) -> String {
            switch random.below(depth > 0 ? 5 : 4) {
            case 0: random.pick(["true", "false"])
            case 1: number()
            case 2: short()
            case 3: long()
            default: table(depth - 1)
            }
        }

        private mutating func number() -> String {
            let digits = String(random.next() >> UInt64(random.below(64)))
            let hex = String(random.next() >> UInt64(random.below(64)), radix: 16)
            let text = random.pick([
                digits, "0x\(hex)", "0X\(hex.uppercased())", "\(digits).\(random.below(1000))",
                "\(random.below(99))e\(random.below(300))",
                ".\(digits)", "\(random.below(9)).", "0x\(hex.prefix(8)).\(hex.prefix(4))p-\(random.below(40))",
                "0x.\(hex)",
                "\(digits)\(digits)", "1E-\(random.below(320))", "00\(random.below(999))",
            ])
            return random.pick(["", "-", "- "]) + text
        }

        private mutating func short() -> String {
            let quote = random.pick(["\"", "'"])
            let pieces = (0..<random.below(8)).map { _ in
                random.pick([
                    "a", "ä", "€", "--", "]]", "\\n", "\\t", "\\\\", "\\'", "\\\"", "\\a\\b\\f\\r\\v", "\\z \n\t x",
                    "\\\n",
                    "\\\r\n", "\\065", "\\9x", "\\xfF", "\\0", "\\u{41}", "\\u{20ac}", "\\u{10FFFF}", "\\u{7fffffff}",
                    "\\u{3ffffff}",
                    "\\u{0800}", "\\255", "[[",
                ])
            }
            return quote + pieces.joined() + quote
        }

        private mutating func long() -> String {
            let level = String(repeating: "=", count: 1 + random.below(3))
            let pieces = (0..<random.below(8)).map { _ in
                random.pick(["a", "ü", "\n", "\r\n", "\r", "\n\r", "]]", "\\n", "'", "\"", "[[", "--"])
            }
            return "[\(level)[" + pieces.joined() + "]\(level)]"
        }
    }

    /// Lua's tables have no order, and an empty one is no list and no map.
    private func plain(_ value: PackedValue) -> PackedValue {
        switch value {
        case .array(let elements): .array(elements.map(plain))
        case .map(let pairs) where pairs.isEmpty: .array([])
        case .map(let pairs):
            .map(pairs.map { .init($0.key, plain($0.value)) }.sorted { $0.key < $1.key })
        default: value
        }
    }

    private func packed(_ literal: LuaLiteral) -> PackedValue {
        switch literal.value {
        case .boolean(let flag): .bool(flag)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .string(let bytes): .string(bytes)
        case .table(let fields) where fields.allSatisfy { $0.name == nil }: .array(fields.map { packed($0.value) })
        case .table(let fields):
            .map(fields.map { .init(String(decoding: $0.name?.bytes ?? [], as: UTF8.self), packed($0.value)) })
        }
    }

    @Test(arguments: 0..<4)
    func aRandomTableIsReadAsLuaEvaluatesIt(seed: Int) async throws {
        var writer = Writer(random: SplitMix(seed: UInt64(seed) + 41))
        let tables = (0..<300).map { _ in writer.table(4) }
        let outcome = try await Bench().run("return {" + tables.joined(separator: ",\n") + "}")
        guard case .values(let values) = outcome, let found = values.first?.packed.elements else {
            Issue.record("\(outcome)")
            return
        }
        #expect(found.count == tables.count)
        for (table, value) in zip(tables, found) {
            let call = try LuaLeadingCall.read(Array("head\(table)".utf8), of: "head")
            let literal = try #require(call).argument
            #expect(plain(packed(literal)) == plain(value), "\(table)")
        }
    }
}
