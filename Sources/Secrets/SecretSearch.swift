// SPDX-License-Identifier: Apache-2.0

/// Looks for many texts at once, after Wu and Manber: most bytes of what is searched are never looked at.
struct SecretSearch: Sendable {
    /// The texts that are looked for.
    private let forms: [[UInt8]]
    /// The length of the shortest of them: the window that is moved along.
    private let window: Int
    /// How far the window may be moved, by the hash of its last three bytes; 0 where a text may begin with the window.
    private let shifts: [UInt8]
    /// The texts that begin with a window of such an end, the longest first.
    private let candidates: [Int: [Int]]
    /// Bytes that some text begins with.
    private let beginnings: [Bool]
    /// The length of the longest text.
    let longest: Int
    /// Whether one of the secrets may be written as a number.
    let hasDigits: Bool

    private static let block = 3
    private static let tableSize = 1 << 16

    init(_ forms: Set<[UInt8]>) {
        let forms = forms.filter { $0.count >= SecretBook.leastLength }.sorted { $0.count > $1.count }
        let window = min(forms.last?.count ?? SecretBook.leastLength, 64)
        let farthest = window - Self.block + 1
        var shifts = [UInt8](repeating: UInt8(farthest), count: Self.tableSize)
        var candidates: [Int: [Int]] = [:]
        var beginnings = [Bool](repeating: false, count: 256)
        for (index, form) in forms.enumerated() {
            beginnings[Int(form[0])] = true
            for end in Self.block...window {
                let hash = Self.hash(form[end - 3], form[end - 2], form[end - 1])
                shifts[hash] = min(shifts[hash], UInt8(window - end))
                if end == window { candidates[hash, default: []].append(index) }
            }
        }
        self.forms = forms
        self.window = window
        self.shifts = shifts
        self.candidates = candidates
        self.beginnings = beginnings
        longest = forms.first?.count ?? 0
        hasDigits = forms.contains { $0.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e } }
    }

    private static func hash(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let value = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
        return Int((value &* 0x9e37_79b1) >> 16)
    }

    /// The first place from `start` on where a text stands, and the longest one there.
    func first(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Range<Int>? {
        shifts.withUnsafeBufferPointer { shifts in
            var position = start
            while position + window <= bytes.count {
                let end = position + window
                let hash = Self.hash(bytes[end - 3], bytes[end - 2], bytes[end - 1])
                let shift = Int(shifts[hash])
                guard shift == 0 else {
                    position += shift
                    continue
                }
                for index in candidates[hash] ?? [] where stands(forms[index], in: bytes, at: position) {
                    return position..<(position + forms[index].count)
                }
                position += 1
            }
            return nil
        }
    }

    private func stands(_ form: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        guard position + form.count <= bytes.count else { return false }
        return form.withUnsafeBufferPointer { form in
            for index in form.indices where form[index] != bytes[position + index] { return false }
            return true
        }
    }

    /// The places of all texts, those that overlap as one.
    func all(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var position = 0
        while let range = first(in: bytes, from: position) {
            if let last = found.last, range.lowerBound < last.upperBound {
                found[found.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                found.append(range)
            }
            position = range.lowerBound + 1
        }
        return found
    }

    /// The bytes with a mark in place of each text; nil where there is none.
    func scrubbed(_ bytes: UnsafeBufferPointer<UInt8>, mark: [UInt8]) -> [UInt8]? {
        let found = all(in: bytes)
        guard !found.isEmpty else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for range in found {
            result += bytes[position..<range.lowerBound]
            result += mark
            position = range.upperBound
        }
        return result + bytes[position...]
    }

    /// How many bytes at the end may be the beginning of a text that goes on in what comes next.
    func openEnd(of bytes: [UInt8]) -> Int {
        let first = max(0, bytes.count - longest + 1)
        for start in first..<max(first, bytes.count) where beginnings[Int(bytes[start])] {
            let tail = bytes[start...]
            if forms.contains(where: { $0.count > tail.count && $0.starts(with: tail) }) { return tail.count }
        }
        return 0
    }
}
