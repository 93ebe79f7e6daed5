// SPDX-License-Identifier: Apache-2.0

/// A pattern taken apart.
indirect enum PatternTree {
    case set(CharacterSet)
    case start, end
    case sequence([PatternTree])
    case choice([PatternTree])
    case repeated(PatternTree, least: Int, most: Int?)
}

/// Reads the part of Perl's pattern syntax that the schema uses; anything beyond it gives nothing.
struct PatternParser {
    private static let maximumDepth = 30
    private let bytes: [UInt8]
    private var index = 0

    init(_ pattern: String) { bytes = Array(pattern.utf8) }

    /// The whole pattern, or nil.
    mutating func parsed() -> PatternTree? {
        guard bytes.allSatisfy({ $0 < 0x80 }), let tree = choice(folds: false, depth: 0), index == bytes.count else {
            return nil
        }
        return tree
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func choice(folds: Bool, depth: Int) -> PatternTree? {
        guard depth < Self.maximumDepth else { return nil }
        var parts: [PatternTree] = []
        repeat {
            var sequence: [PatternTree] = []
            while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
                guard let piece = piece(folds: folds, depth: depth) else { return nil }
                sequence.append(piece)
            }
            parts.append(.sequence(sequence))
        } while take("|")
        return parts.count == 1 ? parts.first : .choice(parts)
    }

    private mutating func piece(folds: Bool, depth: Int) -> PatternTree? {
        guard let atom = atom(folds: folds, depth: depth) else { return nil }
        guard let byte = next else { return atom }
        // Perl lets an anchor be repeated, which says nothing.
        if case .start = atom, "*+?{".utf8.contains(byte) { return nil }
        if case .end = atom, "*+?{".utf8.contains(byte) { return nil }
        var result = atom
        switch byte {
        case UInt8(ascii: "*"): (index, result) = (index + 1, .repeated(atom, least: 0, most: nil))
        case UInt8(ascii: "+"): (index, result) = (index + 1, .repeated(atom, least: 1, most: nil))
        case UInt8(ascii: "?"): (index, result) = (index + 1, .repeated(atom, least: 0, most: 1))
        case UInt8(ascii: "{"):
            guard let (least, most) = bounds() else { return nil }
            result = .repeated(atom, least: least, most: most)
        default: return atom
        }
        // A lazy quantifier finds the same; a possessive one or one more quantifier is beyond this reader.
        if next == UInt8(ascii: "?") { index += 1 }
        if let after = next, "*+?{".utf8.contains(after) { return nil }
        return result
    }

    private mutating func bounds() -> (Int, Int?)? {
        index += 1
        guard let least = number() else { return nil }
        if take("}") { return (least, least) }
        guard take(",") else { return nil }
        if take("}") { return (least, nil) }
        guard let most = number(), take("}"), most >= least else { return nil }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte), index - start < 5 { index += 1 }
        return Int(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func atom(folds: Bool, depth: Int) -> PatternTree? {
        guard let byte = next else { return nil }
        index += 1
        switch byte {
        case UInt8(ascii: "^"): return .start
        case UInt8(ascii: "$"): return .end
        case UInt8(ascii: "."): return .set(CharacterSet(0x0a...0x0a).inverted)
        case UInt8(ascii: "("):
            var inner = folds
            if take("?^:") {
                inner = false
            } else if take("?^i:") || take("?i:") {
                inner = true
            } else if !take("?:"),
                next == UInt8(ascii: "?")
            {
                return nil
            }
            guard let tree = choice(folds: inner, depth: depth + 1), take(")") else { return nil }
            return tree
        case UInt8(ascii: "["):
            guard let set = bracket() else { return nil }
            return .set(folds ? set.folded : set)
        case UInt8(ascii: "\\"):
            guard let set = escape() else { return nil }
            return .set(folds ? set.folded : set)
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"): return nil
        // Perl would put a variable's value here.
        case UInt8(ascii: "@"): return .set(CharacterSet(byte...byte))
        default:
            let set = CharacterSet(byte...byte)
            return .set(folds ? set.folded : set)
        }
    }

    private mutating func bracket() -> CharacterSet? {
        let isInverted = take("^")
        var result = CharacterSet()
        var isFirst = true
        while let byte = next {
            if byte == UInt8(ascii: "]"), !isFirst {
                index += 1
                return isInverted ? result.inverted : result
            }
            isFirst = false
            // [:alpha:] and its like.
            if take("[:") { return nil }
            guard let (set, single) = member() else { return nil }
            guard let single, next == UInt8(ascii: "-"), index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "]")
            else {
                result.formUnion(set)
                continue
            }
            index += 1
            guard let (_, end) = member(), let end, end >= single else { return nil }
            result.insert(single...end)
        }
        return nil
    }

    /// One member of a bracket; alone it may begin or end a range.
    private mutating func member() -> (CharacterSet, UInt8?)? {
        guard let byte = next else { return nil }
        index += 1
        guard byte == UInt8(ascii: "\\") else { return (CharacterSet(byte...byte), byte) }
        let start = index
        guard let set = escape() else { return nil }
        if let kind = bytes[start...].first, "dwsDWS".utf8.contains(kind) { return (set, nil) }
        return (set, (0..<128).first { set.contains($0) })
    }

    /// What stands behind a backslash.
    private mutating func escape() -> CharacterSet? {
        guard let byte = next else { return nil }
        index += 1
        var word = CharacterSet(0x30...0x39)
        switch byte {
        case UInt8(ascii: "d"): return word
        case UInt8(ascii: "D"): return word.inverted
        case UInt8(ascii: "w"), UInt8(ascii: "W"):
            word.insert(0x41...0x5a)
            word.insert(0x61...0x7a)
            word.insert(0x5f...0x5f)
            return byte == UInt8(ascii: "w") ? word : word.inverted
        case UInt8(ascii: "s"), UInt8(ascii: "S"):
            var space = CharacterSet(0x09...0x0d)
            space.insert(0x20...0x20)
            return byte == UInt8(ascii: "s") ? space : space.inverted
        case UInt8(ascii: "x"):
            guard index + 1 < bytes.count,
                let code = UInt8(String(decoding: bytes[index..<index + 2], as: UTF8.self), radix: 16), code < 0x80
            else { return nil }
            index += 2
            return CharacterSet(code...code)
        case UInt8(ascii: "0") where !(next.map { (0x30...0x37).contains($0) } ?? false): return CharacterSet(0...0)
        case UInt8(ascii: "n"): return CharacterSet(0x0a...0x0a)
        case UInt8(ascii: "t"): return CharacterSet(0x09...0x09)
        case UInt8(ascii: "r"): return CharacterSet(0x0d...0x0d)
        // A letter or digit that is none of these means something that is not known here.
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: return nil
        default: return CharacterSet(byte...byte)
        }
    }
}
