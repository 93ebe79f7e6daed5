// SPDX-License-Identifier: Apache-2.0

extension LuaParser {
    /// Expressions with commas between them.
    @discardableResult
    mutating func expressions() throws(LuaSyntaxError) -> [LuaOutline.ID] {
        var nodes: [LuaOutline.ID] = []
        repeat {
            let next = try expression()
            if outline != nil { nodes.append(next.node) }
        } while try accept(.comma)
        return nodes
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
            left = made(.plain, from: start)
        } else if at(.minus) || at(.length) || at(.tilde) {
            let isMinus = at(.minus)
            try advance()
            let operand = try operation(above: Self.unary)
            left = made(.other, from: start, isMinus ? outline?.negated(operand.node) ?? .other : .other)
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
                left.node = outline?.add(.other, left.start, left.end) ?? LuaOutline.nothing
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
            left = made(kind, from: start)
        }
        return left
    }

    /// An expression that ends with the last token.
    private mutating func made(
        _ kind: Expression.Kind, from start: Int, _ shape: LuaOutline.Shape = .other
    ) -> Expression {
        let node = outline?.add(shape, start, lastEnd) ?? LuaOutline.nothing
        return Expression(kind: kind, start: start, end: lastEnd, node: node)
    }

    private mutating func simple() throws(LuaSyntaxError) -> Expression {
        let start = token.start
        switch token.kind {
        case .number, .string, .keyword(.nil), .keyword(.true), .keyword(.false):
            let shape = try literal()
            try advance()
            return made(.plain, from: start, shape)
        case .sign(.dots):
            if let outline, !outline.isVariadic { throw wrong("cannot use '...' outside a vararg function") }
            try advance()
            return made(.other, from: start, .several)
        case .sign(.openBrace):
            let fields = try table()
            return made(.plain, from: start, .table(fields))
        case .keyword(.function):
            try advance()
            try body(from: start)
            return made(.plain, from: start, .function)
        default:
            let found = try suffixed()
            return Expression(kind: .other, start: start, end: lastEnd, node: found.node)
        }
    }

    /// What the literal at hand stands for.
    private func literal() throws(LuaSyntaxError) -> LuaOutline.Shape {
        guard outline != nil else { return .other }
        switch token.kind {
        case .keyword(.nil): return .nil
        case .keyword(let word): return .literal(.boolean(word == .true))
        case .number:
            guard let value = LuaNumeral.value(text(token)) else { throw wrong("malformed number") }
            return .literal(value)
        default:
            do throws(LuaReadingError) {
                return .literal(.string(try LuaStringReader.read(source, token)))
            } catch {
                throw LuaSyntaxError(
                    message: "invalid escape sequence: \(error.message)", offset: error.offset, namesToken: false,
                    hint: error.hint)
            }
        }
    }

    /// What an assignment or a call begins with.
    struct Suffixed {
        var isCall = false
        var isParenthesized = false
        var node = LuaOutline.nothing
        var start: Int
    }

    /// A name or an expression in parentheses with fields, indices and calls behind it; says whether it ends in a call.
    mutating func suffixed() throws(LuaSyntaxError) -> Suffixed {
        let opening = token
        var result = Suffixed(start: token.start)
        if try accept(.open) {
            let inner = try expression()
            try close(.sign(.close), opening)
            result.isParenthesized = true
            result.node = outline?.add(.single(inner.node), opening.start, lastEnd) ?? LuaOutline.nothing
        } else {
            guard token.kind == .name else { throw wrong("unexpected symbol") }
            result.node = read(token)
            try advance()
        }
        while true {
            switch token.kind {
            case .sign(.dot):
                try advance()
                let key = try name()
                if outline != nil {
                    result.node = member(.field(result.node, word(key)), result.start)
                }
                result.isCall = false
            case .sign(.openBracket):
                let key = try index()
                if outline != nil {
                    result.node = member(.index(result.node, key.node), result.start)
                }
                result.isCall = false
            case .sign(.colon):
                try advance()
                let method = try name()
                try call(&result, method: method)
            case .sign(.open), .sign(.openBrace), .string:
                try call(&result, method: nil)
            default: return result
            }
            result.isParenthesized = false
        }
    }

    /// A variable's name, as a value that is read.
    mutating func read(_ name: LuaToken) -> LuaOutline.ID {
        let bytes = text(name)
        return outline?.read(bytes, name) ?? LuaOutline.nothing
    }

    private func word(_ token: LuaToken) -> LuaOutline.Word {
        LuaOutline.Word(text: String(decoding: text(token), as: UTF8.self), start: token.start)
    }

    private mutating func member(_ shape: LuaOutline.Shape, _ start: Int) -> LuaOutline.ID {
        outline?.add(shape, start, lastEnd) ?? LuaOutline.nothing
    }

    private mutating func call(_ result: inout Suffixed, method: LuaToken?) throws(LuaSyntaxError) {
        let given = try arguments()
        result.isCall = true
        guard outline != nil else { return }
        let call = LuaOutline.Call(
            function: result.node, method: method.map { word($0) }, arguments: given, start: result.start, end: lastEnd)
        result.node = outline?.add(call) ?? LuaOutline.nothing
    }

    private mutating func index() throws(LuaSyntaxError) -> Expression {
        try expect(.openBracket)
        let key = try expression()
        markValue(of: key)
        try expect(.closeBracket)
        return key
    }

    private mutating func arguments() throws(LuaSyntaxError) -> [LuaOutline.ID] {
        let opening = token
        switch token.kind {
        case .string:
            let shape = try literal()
            try advance()
            return outline == nil ? [] : [made(.plain, from: opening.start, shape).node]
        case .sign(.openBrace):
            let fields = try table()
            return outline == nil ? [] : [made(.plain, from: opening.start, .table(fields)).node]
        default:
            guard try accept(.open) else { throw wrong("function arguments expected") }
            let given = at(.close) ? [] : try expressions()
            try close(.sign(.close), opening)
            return given
        }
    }

    private mutating func table() throws(LuaSyntaxError) -> [LuaOutline.Field] {
        let opening = token
        var fields: [LuaOutline.Field] = []
        try expect(.openBrace)
        while !at(.closeBrace) {
            var key = LuaOutline.Key.position
            if at(.openBracket) {
                let index = try index()
                try expect(.assign)
                key = outline?.key(index.node) ?? .position
            } else if token.kind == .name, try peek().kind == .sign(.assign) {
                if outline != nil { key = .name(word(token)) }
                try advance()
                try advance()
            }
            let value = try expression()
            if outline != nil { fields.append(LuaOutline.Field(key: key, value: value.node)) }
            guard at(.comma) || at(.semicolon) else { break }
            try advance()
        }
        try close(.sign(.closeBrace), opening)
        return fields
    }

    /// What stands behind `function` and its name.
    mutating func body(from start: Int, hasSelf: Bool = false) throws(LuaSyntaxError) {
        var opening = token
        (opening.start, opening.end) = (start, min(start + 8, source.count))
        outline?.openFunction(isVariadic: false)
        if hasSelf { try declare(Array("self".utf8)[...], at: start, as: .parameter) }
        try expect(.open)
        if !at(.close) {
            repeat {
                if try accept(.dots) {
                    outline?.becomeVariadic()
                    break
                }
                let parameter = try name()
                try declare(text(parameter), at: parameter.start, as: .parameter)
            } while try accept(.comma)
        }
        try expect(.close)
        try block()
        try close(.keyword(.end), opening)
        try closeFunction()
    }

    /// Names a local variable from here on.
    mutating func declare(
        _ name: ArraySlice<UInt8>, at start: Int, as kind: LuaOutline.Local.Kind,
        value: LuaOutline.ID = LuaOutline.nothing, statement: Int = -1, isConstant: Bool = false
    ) throws(LuaSyntaxError) {
        guard outline != nil else { return }
        let local = LuaOutline.Local(
            name: String(decoding: name, as: UTF8.self), start: start, kind: kind, value: value, statement: statement,
            isConstant: isConstant)
        if outline?.declare(local) == false { throw wrong("too many local variables (limit is 200) in function") }
    }

    /// How tightly unary operators bind.
    private static var unary: Int { 12 }
}
