// SPDX-License-Identifier: Apache-2.0

extension LuaParser {
    /// Expressions with commas between them.
    mutating func expressions() throws(LuaSyntaxError) {
        repeat { _ = try expression() } while try accept(.comma)
    }

    /// One expression.
    mutating func expression() throws(LuaSyntaxError) -> Expression {
        try operation(above: 0)
    }

    private mutating func operation(above limit: Int) throws(LuaSyntaxError) -> Expression {
        try nested { (parser) throws(LuaSyntaxError) in try parser.operands(above: limit) }
    }

    private mutating func operands(above limit: Int) throws(LuaSyntaxError) -> Expression {
        let start = token.start
        var left: Expression
        if at(.not) {
            try advance()
            markTruth(of: try operation(above: Self.unary))
            left = Expression(kind: .plain, start: start, end: lastEnd)
        } else if at(.minus) || at(.length) || at(.tilde) {
            try advance()
            _ = try operation(above: Self.unary)
            left = Expression(kind: .other, start: start, end: lastEnd)
        } else {
            left = try simple()
        }
        while let binary = Binary(token.kind), binary.left > limit {
            let sign = token.start
            try advance()
            if binary.role == .logic { markTruth(of: left) }
            let right = try operation(above: binary.right)
            if binary.role == .join {
                left = join(left, right, at: sign)
                continue
            }
            if binary.role == .equality {
                markValue(of: left)
                markValue(of: right)
            }
            let kind: Expression.Kind =
                switch binary.role {
                case .logic: .logic(right)
                case .equality, .order: .plain
                case .join, .other: .other
                }
            left = Expression(kind: kind, start: start, end: lastEnd)
        }
        return left
    }

    private mutating func simple() throws(LuaSyntaxError) -> Expression {
        let start = token.start
        switch token.kind {
        case .number, .string, .keyword(.nil), .keyword(.true), .keyword(.false):
            try advance()
            return Expression(kind: .plain, start: start, end: lastEnd)
        case .sign(.dots):
            try advance()
            return Expression(kind: .other, start: start, end: lastEnd)
        case .sign(.openBrace):
            try table()
            return Expression(kind: .plain, start: start, end: lastEnd)
        case .keyword(.function):
            try advance()
            try body()
            return Expression(kind: .plain, start: start, end: lastEnd)
        default:
            _ = try suffixed()
            return Expression(kind: .other, start: start, end: lastEnd)
        }
    }

    /// A name or an expression in parentheses with fields, indices and calls behind it; says whether it ends in a call.
    mutating func suffixed() throws(LuaSyntaxError) -> (isCall: Bool, isParenthesized: Bool) {
        var isCall = false
        var isParenthesized = false
        if try accept(.open) {
            _ = try expression()
            try expect(.close)
            isParenthesized = true
        } else {
            try name()
        }
        while true {
            switch token.kind {
            case .sign(.dot):
                try advance()
                try name()
                isCall = false
            case .sign(.openBracket):
                try index()
                isCall = false
            case .sign(.colon):
                try advance()
                try name()
                try arguments()
                isCall = true
            case .sign(.open), .sign(.openBrace), .string:
                try arguments()
                isCall = true
            default: return (isCall, isParenthesized)
            }
            isParenthesized = false
        }
    }

    private mutating func index() throws(LuaSyntaxError) {
        try expect(.openBracket)
        let key = try expression()
        markValue(of: key)
        try expect(.closeBracket)
    }

    private mutating func arguments() throws(LuaSyntaxError) {
        switch token.kind {
        case .string: try advance()
        case .sign(.openBrace): try table()
        default:
            try expect(.open)
            if !at(.close) { try expressions() }
            try expect(.close)
        }
    }

    private mutating func table() throws(LuaSyntaxError) {
        try expect(.openBrace)
        while !at(.closeBrace) {
            if at(.openBracket) {
                try index()
                try expect(.assign)
            } else if token.kind == .name, try peek().kind == .sign(.assign) {
                try advance()
                try advance()
            }
            _ = try expression()
            guard at(.comma) || at(.semicolon) else { break }
            try advance()
        }
        try expect(.closeBrace)
    }

    /// What stands behind `function` and its name.
    mutating func body() throws(LuaSyntaxError) {
        try expect(.open)
        if !at(.close) {
            repeat {
                if try accept(.dots) { break }
                try name()
            } while try accept(.comma)
        }
        try expect(.close)
        try block()
        try expect(.end)
    }

    /// How tightly unary operators bind.
    private static var unary: Int { 12 }

    /// A binary operator: how tightly it binds to both sides, and what it asks of them.
    private struct Binary {
        enum Role { case logic, equality, order, join, other }
        var left: Int
        var right: Int
        var role: Role

        init?(_ kind: LuaToken.Kind) {
            let table: (Int, Int, Role)? =
                switch kind {
                case .keyword(.or): (1, 1, .logic)
                case .keyword(.and): (2, 2, .logic)
                case .sign(.equal), .sign(.unequal): (3, 3, .equality)
                case .sign(.less), .sign(.lessEqual), .sign(.greater), .sign(.greaterEqual): (3, 3, .order)
                case .sign(.bitOr): (4, 4, .other)
                case .sign(.tilde): (5, 5, .other)
                case .sign(.bitAnd): (6, 6, .other)
                case .sign(.shiftLeft), .sign(.shiftRight): (7, 7, .other)
                case .sign(.concat): (9, 8, .join)
                case .sign(.plus), .sign(.minus): (10, 10, .other)
                case .sign(.times), .sign(.divide), .sign(.floorDivide), .sign(.modulo): (11, 11, .other)
                case .sign(.power): (14, 13, .other)
                default: nil
                }
            guard let table else { return nil }
            (left, right, role) = table
        }
    }
}
