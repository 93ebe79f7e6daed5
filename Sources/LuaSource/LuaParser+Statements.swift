// SPDX-License-Identifier: Apache-2.0

extension LuaParser {
    /// A whole text of statements.
    mutating func chunk() throws(LuaSyntaxError) {
        try block()
        guard token.kind == .end else { throw LuaSyntaxError() }
    }

    /// A whole text that is a list of expressions.
    mutating func expressionChunk() throws(LuaSyntaxError) {
        if token.kind != .end, !at(.semicolon) { try expressions() }
        _ = try accept(.semicolon)
        guard token.kind == .end else { throw LuaSyntaxError() }
    }

    /// Statements up to what ends a block.
    mutating func block() throws(LuaSyntaxError) {
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
        _ = try accept(.semicolon)
        guard endsBlock else { throw LuaSyntaxError() }
    }

    private mutating func statement() throws(LuaSyntaxError) {
        switch token.kind {
        case .sign(.semicolon), .keyword(.break): try advance()
        case .sign(.label):
            try advance()
            try name()
            try expect(.label)
        case .keyword(.goto):
            try advance()
            try name()
        case .keyword(.if): try conditional()
        case .keyword(.while):
            try advance()
            try condition()
            try expect(.do)
            try enclosed()
        case .keyword(.do):
            try advance()
            try enclosed()
        case .keyword(.for): try loop()
        case .keyword(.repeat):
            try advance()
            try block()
            try expect(.until)
            try condition()
        case .keyword(.function): try function()
        case .keyword(.local): try local()
        default: try assignmentOrCall()
        }
    }

    private mutating func condition() throws(LuaSyntaxError) { markTruth(of: try expression()) }

    private mutating func enclosed() throws(LuaSyntaxError) {
        try block()
        try expect(.end)
    }

    private mutating func conditional() throws(LuaSyntaxError) {
        repeat {
            try advance()
            try condition()
            try expect(.then)
            try block()
        } while at(.elseif)
        if try accept(.else) { try block() }
        try expect(.end)
    }

    private mutating func loop() throws(LuaSyntaxError) {
        try expect(.for)
        try name()
        if try accept(.assign) {
            var count = 0
            repeat {
                markValue(of: try expression())
                count += 1
            } while try accept(.comma)
            guard count == 2 || count == 3 else { throw LuaSyntaxError() }
        } else {
            while try accept(.comma) { try name() }
            try expect(.in)
            try expressions()
        }
        try expect(.do)
        try enclosed()
    }

    private mutating func function() throws(LuaSyntaxError) {
        try expect(.function)
        try name()
        while try accept(.dot) { try name() }
        if try accept(.colon) { try name() }
        try body()
    }

    private mutating func local() throws(LuaSyntaxError) {
        try expect(.local)
        if try accept(.function) {
            try name()
            return try body()
        }
        repeat {
            try name()
            if try accept(.less) {
                try name()
                try expect(.greater)
            }
        } while try accept(.comma)
        if try accept(.assign) { try expressions() }
    }

    private mutating func assignmentOrCall() throws(LuaSyntaxError) {
        let first = try suffixed()
        guard at(.assign) || at(.comma) else {
            guard first.isCall else { throw LuaSyntaxError() }
            return
        }
        guard !first.isCall, !first.isParenthesized else { throw LuaSyntaxError() }
        while try accept(.comma) {
            let next = try suffixed()
            guard !next.isCall, !next.isParenthesized else { throw LuaSyntaxError() }
        }
        try expect(.assign)
        try expressions()
    }
}
