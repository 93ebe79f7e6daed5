// SPDX-License-Identifier: Apache-2.0

extension LuaParser {
    /// A binary operator: how tightly it binds to both sides, and what it asks of them.
    struct Binary {
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
