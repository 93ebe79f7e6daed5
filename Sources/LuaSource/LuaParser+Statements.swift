// SPDX-License-Identifier: Apache-2.0

extension LuaParser {
    /// A whole text of statements.
    mutating func chunk() throws(LuaSyntaxError) {
        try block()
        guard token.kind == .end else { throw wrong("<eof> expected") }
        try closeFunction()
    }

    /// A whole text that is a list of expressions.
    mutating func expressionChunk() throws(LuaSyntaxError) {
        if token.kind != .end, !at(.semicolon) { try expressions() }
        _ = try accept(.semicolon)
        guard token.kind == .end else { throw wrong("<eof> expected") }
    }

    /// Statements up to what ends a block, whose locals end with it.
    mutating func block() throws(LuaSyntaxError) {
        outline?.openScope()
        try statements()
        outline?.closeScope()
    }

    private mutating func statements() throws(LuaSyntaxError) {
        while !endsBlock {
            if at(.return) { return try returning() }
            try nested { (parser) throws(LuaSyntaxError) in try parser.statement() }
        }
    }

    private var endsBlock: Bool {
        switch token.kind {
        case .end, .keyword(.end), .keyword(.else), .keyword(.elseif), .keyword(.until): true
        default: false
        }
    }

    private mutating func returning() throws(LuaSyntaxError) {
        try expect(.return)
        if !endsBlock, !at(.semicolon) { try expressions() }
        // Nothing may follow: whoever reads what stands around the block says what else it expected.
        _ = try accept(.semicolon)
    }

    private mutating func statement() throws(LuaSyntaxError) {
        let opening = token
        switch token.kind {
        case .sign(.semicolon): try advance()
        case .keyword(.break):
            if let outline, !outline.isInLoop { throw outside(opening) }
            try advance()
        case .sign(.label):
            try advance()
            let label = try name()
            try expect(.label)
            let bytes = text(label)
            if let known = outline?.label(bytes, label.start) {
                throw LuaSyntaxError(
                    message:
                        "label '\(String(decoding: bytes, as: UTF8.self))' already defined on line \(line(of: known))",
                    offset: label.start, namesToken: false)
            }
        case .keyword(.goto):
            try advance()
            let label = try name()
            let bytes = text(label)
            outline?.jump(bytes, label.start)
        case .keyword(.if): try conditional()
        case .keyword(.while):
            try advance()
            try condition()
            try expect(.do)
            try looping(opening)
        case .keyword(.do):
            try advance()
            try block()
            try close(.keyword(.end), opening)
        case .keyword(.for): try loop()
        case .keyword(.repeat): try repetition()
        case .keyword(.function): try function()
        case .keyword(.local): try local()
        default: try assignmentOrCall()
        }
    }

    /// Ends the function that is being read, or the text.
    mutating func closeFunction() throws(LuaSyntaxError) {
        guard var error = outline?.closeFunction() else { return }
        error.message += " at line \(line(of: error.offset))"
        throw error
    }

    private func line(of offset: Int) -> Int { LuaPlace(of: offset, in: source).line }

    private func outside(_ token: LuaToken) -> LuaSyntaxError {
        LuaSyntaxError(
            message: "break outside loop at line \(line(of: token.start))", offset: token.start, namesToken: false)
    }

    private mutating func condition() throws(LuaSyntaxError) { markTruth(of: try expression()) }

    private mutating func looping(_ opening: LuaToken) throws(LuaSyntaxError) {
        outline?.enterLoop()
        try block()
        outline?.leaveLoop()
        try close(.keyword(.end), opening)
    }

    private mutating func repetition() throws(LuaSyntaxError) {
        let opening = token
        try advance()
        outline?.enterLoop()
        // The condition sees the locals of the block.
        outline?.openScope()
        try statements()
        outline?.leaveLoop()
        try close(.keyword(.until), opening)
        try condition()
        outline?.closeScope()
    }

    private mutating func conditional() throws(LuaSyntaxError) {
        let opening = token
        repeat {
            try advance()
            try condition()
            try expect(.then)
            try block()
        } while at(.elseif)
        if try accept(.else) { try block() }
        try close(.keyword(.end), opening)
    }

    private mutating func loop() throws(LuaSyntaxError) {
        let opening = token
        try expect(.for)
        var names = [try name()]
        if try accept(.assign) {
            markValue(of: try expression())
            try expect(.comma)
            markValue(of: try expression())
            if try accept(.comma) { markValue(of: try expression()) }
        } else {
            while try accept(.comma) { names.append(try name()) }
            guard try accept(.in) else { throw wrong(names.count == 1 ? "'=' or 'in' expected" : "'in' expected") }
            try expressions()
        }
        try expect(.do)
        outline?.openScope()
        for name in names { try declare(text(name), at: name.start, as: .loop) }
        try looping(opening)
        outline?.closeScope()
    }

    private mutating func function() throws(LuaSyntaxError) {
        let start = token.start
        try expect(.function)
        let first = try name()
        var target = Suffixed(node: read(first), start: first.start)
        var hasSelf = false
        while at(.dot) || at(.colon) {
            hasSelf = at(.colon)
            try advance()
            let key = try name()
            let word = LuaOutline.Word(text: String(decoding: text(key), as: UTF8.self), start: key.start)
            target.node = outline?.add(.field(target.node, word), target.start, lastEnd) ?? LuaOutline.nothing
            if hasSelf { break }
        }
        try assign(target, isFunction: true)
        try body(from: start, hasSelf: hasSelf)
    }

    private mutating func local() throws(LuaSyntaxError) {
        let statement = token.start
        try expect(.local)
        let start = token.start
        if try accept(.function) {
            let found = try name()
            try declare(text(found), at: found.start, as: .function, statement: statement)
            return try body(from: start)
        }
        var names: [(token: LuaToken, attribute: String?)] = []
        repeat {
            let found = try name()
            var attribute: String?
            if try accept(.less) {
                let word = try name()
                attribute = String(decoding: text(word), as: UTF8.self)
                if outline != nil, attribute != "const", attribute != "close" {
                    throw LuaSyntaxError(
                        message: "unknown attribute '\(attribute ?? "")'", offset: word.start, namesToken: false,
                        hint: "there are <const> and <close>")
                }
                try expect(.greater)
            }
            names.append((found, attribute))
        } while try accept(.comma)
        let values = try accept(.assign) ? try expressions() : []
        for (index, (found, attribute)) in names.enumerated() {
            let value = outline?.value(index, of: values) ?? LuaOutline.nothing
            try declare(
                text(found), at: found.start, as: attribute == "close" ? .closed : .plain, value: value,
                statement: statement, isConstant: attribute != nil)
        }
    }

    private mutating func assignmentOrCall() throws(LuaSyntaxError) {
        let first = try suffixed()
        guard at(.assign) || at(.comma) else {
            guard first.isCall else { throw wrong("syntax error") }
            return
        }
        guard !first.isCall, !first.isParenthesized else { throw wrong("syntax error") }
        var targets = [first]
        while try accept(.comma) {
            let next = try suffixed()
            guard !next.isCall, !next.isParenthesized else { throw wrong("syntax error") }
            targets.append(next)
        }
        guard at(.assign) else { throw wrong("'=' expected") }
        try advance()
        try expressions()
        for target in targets { try assign(target) }
    }

    /// A variable or a field gets a value.
    private mutating func assign(_ target: Suffixed, isFunction: Bool = false) throws(LuaSyntaxError) {
        guard outline != nil, let constant = outline?.assign(target.node, isFunction: isFunction) else { return }
        throw LuaSyntaxError(
            message: "attempt to assign to const variable '\(constant)'", offset: target.start, namesToken: false)
    }
}
