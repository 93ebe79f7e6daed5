// SPDX-License-Identifier: Apache-2.0

/// A pattern in the part of Perl's syntax that the schema uses, matched in time proportional to pattern times text.
///
/// Patterns come from the cluster and texts from scripts, so neither may make the host think for ever: there is no
/// backtracking, and a step budget ends what is left. POSIX expressions cannot say this syntax.
struct PerlPattern {
    /// What an automaton's state does.
    enum Step {
        case take(CharacterSet)
        case fork(Int, Int)
        case jump(Int)
        case atStart, atEnd
        case accept
    }

    /// The most states; `{0,4096}` is written out.
    static let maximumStates = 20_000
    private static let budget = 4_000_000

    private let steps: [Step]

    /// Whether the whole text matches the pattern, as `m/^pattern$/` tells; nil where that cannot be told.
    ///
    /// Perl's idea of `\w` beyond ASCII depends on how the text came, so such texts are not judged.
    static func judges(_ text: String, _ pattern: String) -> Bool? {
        guard pattern.utf8.count <= 4096, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        // An alternative at the top stays outside of the anchors, as it does where PVE::JSONSchema pastes it.
        return PerlPattern("^\(pattern)$")?.finds(in: Array(text.utf8))
    }

    /// Makes a pattern, or nil where it uses what is not known here.
    init?(_ pattern: String) {
        var parser = PatternParser(pattern)
        guard let tree = parser.parsed() else { return nil }
        var steps: [Step] = []
        guard Self.append(tree, to: &steps) else { return nil }
        steps.append(.accept)
        self.steps = steps
    }

    private static func append(_ tree: PatternTree, to steps: inout [Step]) -> Bool {
        guard steps.count < maximumStates else { return false }
        switch tree {
        case .set(let set): steps.append(.take(set))
        case .start: steps.append(.atStart)
        case .end: steps.append(.atEnd)
        case .sequence(let parts):
            for part in parts { guard append(part, to: &steps) else { return false } }
        case .choice(let parts):
            var ends: [Int] = []
            for (index, part) in parts.enumerated() {
                let fork = steps.count
                if index < parts.count - 1 { steps.append(.fork(fork + 1, 0)) }
                guard append(part, to: &steps) else { return false }
                guard index < parts.count - 1 else { break }
                ends.append(steps.count)
                steps.append(.jump(0))
                steps[fork] = .fork(fork + 1, steps.count)
            }
            for end in ends { steps[end] = .jump(steps.count) }
        case .repeated(let part, let least, let most):
            for _ in 0..<least {
                let before = steps.count
                guard append(part, to: &steps) else { return false }
                // What is empty is no more when repeated; nested, such repeats would never reach the bound on states.
                if steps.count == before { break }
            }
            guard let most else {
                let fork = steps.count
                steps.append(.fork(fork + 1, 0))
                guard append(part, to: &steps) else { return false }
                steps.append(.jump(fork))
                steps[fork] = .fork(fork + 1, steps.count)
                return true
            }
            var forks: [Int] = []
            for _ in least..<max(least, most) {
                forks.append(steps.count)
                steps.append(.jump(0))
                guard append(part, to: &steps) else { return false }
            }
            for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
        }
        return steps.count < maximumStates
    }

    /// Whether the pattern is found in the text; nil where the budget ended first.
    func finds(in text: [UInt8]) -> Bool? {
        var spent = 0
        var current: [Int] = []
        var marks = [Int](repeating: -1, count: steps.count)
        for position in 0...text.count {
            // A match may begin anywhere.
            var pending = [0] + current.reversed()
            var taking: [Int] = []
            while let state = pending.popLast() {
                spent += 1
                guard spent <= Self.budget else { return nil }
                guard marks[state] != position else { continue }
                marks[state] = position
                switch steps[state] {
                case .take: taking.append(state)
                case .jump(let target): pending.append(target)
                case .fork(let first, let second): pending += [second, first]
                case .atStart: if position == 0 { pending.append(state + 1) }
                case .atEnd:
                    // Perl's $ also stands before a line end that ends the text.
                    if position == text.count || position == text.count - 1 && text[position] == 0x0a {
                        pending.append(state + 1)
                    }
                case .accept: return true
                }
            }
            guard position < text.count else { break }
            spent += taking.count
            current = taking.compactMap { state in
                if case .take(let set) = steps[state], set.contains(text[position]) { state + 1 } else { nil }
            }
        }
        return false
    }
}

/// A set of ASCII characters.
struct CharacterSet {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init() {}
    init(_ range: ClosedRange<UInt8>) { insert(range) }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range where byte < 128 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    mutating func formUnion(_ other: CharacterSet) {
        low |= other.low
        high |= other.high
    }

    var inverted: CharacterSet {
        var result = CharacterSet()
        result.low = ~low
        result.high = ~high
        return result
    }

    /// The same set, blind to case.
    var folded: CharacterSet {
        var result = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
            let capital = letter - 32
            if contains(letter) { result.insert(capital...capital) }
            if contains(capital) { result.insert(letter...letter) }
        }
        return result
    }
}
