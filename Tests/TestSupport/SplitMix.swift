// SPDX-License-Identifier: Apache-2.0

/// Random numbers that are the same in every run.
public struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    /// Numbers that follow from the seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to one less than the count.
    public mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
    /// One of the list, which is not empty.
    public mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
}
