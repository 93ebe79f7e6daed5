// SPDX-License-Identifier: Apache-2.0

/// One token of a Lua text: what it is and which bytes it takes.
struct LuaToken {
    /// What a parser tells tokens apart by.
    enum Kind: Equatable {
        /// A reserved word.
        case keyword(Keyword)
        /// A name that is no reserved word.
        case name
        /// A number.
        case number
        /// A string, short or long.
        case string
        /// An operator or another sign.
        case sign(Sign)
        /// A byte that Lua has no use for.
        case odd
        /// The end of the text.
        case end

        /// The word or sign that it is.
        var text: String {
            switch self {
            case .keyword(let word): word.rawValue
            case .sign(let sign): sign.rawValue
            case .name: "<name>"
            case .number: "<number>"
            case .string: "<string>"
            case .odd: "<byte>"
            case .end: "<eof>"
            }
        }
    }

    /// Lua's reserved words.
    enum Keyword: String, CaseIterable {
        case and, `break`, `do`, `else`, `elseif`, end, `false`, `for`, function, goto, `if`, `in`, local, `nil`, not
        case or, `repeat`, `return`, then, `true`, until, `while`
    }

    /// Lua's operators and other signs.
    enum Sign: String, CaseIterable {
        case dots = "...", equal = "==", unequal = "~=", less = "<", lessEqual = "<=", greater = ">"
        case greaterEqual = ">=", floorDivide = "//", shiftLeft = "<<", shiftRight = ">>", label = "::"
        case concat = "..", plus = "+", minus = "-", times = "*", divide = "/", modulo = "%", power = "^"
        case length = "#", bitAnd = "&", tilde = "~", bitOr = "|", assign = "=", open = "(", close = ")"
        case openBrace = "{", closeBrace = "}", openBracket = "[", closeBracket = "]", semicolon = ";", colon = ":"
        case comma = ",", dot = "."
    }

    var kind: Kind
    var start: Int
    var end: Int
}

/// Why a text is no Lua, in Lua's own words, and where.
struct LuaSyntaxError: Error {
    var message: String
    /// The offset of the byte at which Lua would stop reading.
    var offset: Int
    /// Whether the words `near …`, which name what stands there, are to follow.
    var namesToken = true
    var hint: String?
}
