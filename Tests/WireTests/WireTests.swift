// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Wire

private let samples: [PackedValue] = [
    .null, .bool(true), .bool(false), .integer(0), .integer(.min), .integer(.max), .number(0.5), .number(-.infinity),
    "",
    "text", .string([0, 0xff, 0x0a]), [], [.integer(1), [.null]], .map([]), ["a": .integer(1), "": ["b": "c"]],
    .opaque("a function"),
]

struct PackedValueTests {
    @Test(arguments: samples)
    func comesOutAsItWentIn(value: PackedValue) throws {
        #expect(try PackedValue(decoding: value.encoded()) == value)
    }

    @Test func keepsTheBitsOfNaN() throws {
        let value = try PackedValue(decoding: PackedValue.number(.nan).encoded())
        guard case .number(let number) = value else {
            Issue.record("not a number")
            return
        }
        #expect(number.isNaN)
    }

    @Test(arguments: samples)
    func everyCutIsAnError(value: PackedValue) {
        let bytes = value.encoded()
        for count in 0..<bytes.count {
            #expect(throws: WireError.self) { try PackedValue(decoding: Array(bytes[..<count])) }
        }
        #expect(throws: WireError.self) { try PackedValue(decoding: bytes + [0]) }
    }

    @Test(
        arguments: [
            [5, 0xff, 0xff, 0xff, 0xff], [6, 0xff, 0xff, 0xff, 0x7f, 0], [7, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0],
            [9], [255],
        ] as [[UInt8]])
    func lyingCountsAndUnknownTagsAreErrors(bytes: [UInt8]) {
        #expect(throws: WireError.self) { try PackedValue(decoding: bytes) }
    }

    @Test func refusesValuesNestedTooDeep() {
        let deep: [UInt8] = Array(repeating: [6, 1, 0, 0, 0] as [UInt8], count: 100_000).flatMap { $0 } + [0]
        #expect(throws: WireError.self) { try PackedValue(decoding: deep) }
    }

    /// A linear congruential generator: the same bytes in every run.
    @Test func noBytesMakeTheDecoderTrap() {
        var state: UInt64 = 42
        func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        var decoded = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int(next() % 40)).map { _ in next() % 12 }
            if (try? PackedValue(decoding: bytes)) != nil { decoded += 1 }
        }
        #expect(decoded > 0, "some of them must be values, or the test tries nothing")
    }
}

struct FrameTests {
    private func feed(_ reader: inout FrameReader, _ bytes: [UInt8]) { bytes.withUnsafeBytes { reader.feed($0) } }

    @Test func framesComeOutWhole() throws {
        var reader = FrameReader()
        let frames = [
            Frame(.call, id: 7, payload: [1, 2, 3]), Frame(.output), Frame(.done, id: .max, payload: Array(0...255)),
        ]
        var found: [Frame] = []
        for byte in frames.flatMap({ $0.encoded() }) {
            feed(&reader, [byte])
            while let frame = try reader.next() { found.append(frame) }
        }
        #expect(found == frames)
    }

    @Test(
        arguments: [
            [0, 0, 0, 0, 0x82, 0, 0, 0, 0], [4, 0, 0, 0, 0x82, 0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff, 0x82, 0, 0, 0, 0],
            [5, 0, 0, 0, 0x77, 0, 0, 0, 0],
        ] as [[UInt8]])
    func wrongLengthsAndKindsAreErrors(bytes: [UInt8]) {
        var reader = FrameReader()
        feed(&reader, bytes)
        #expect(throws: WireError.self) { try reader.next() }
    }

    @Test func aLongStreamDoesNotPileUp() throws {
        var reader = FrameReader()
        let bytes = Frame(.output, payload: [UInt8](repeating: 1, count: 1000)).encoded()
        for _ in 0..<5000 {
            feed(&reader, bytes)
            #expect(try reader.next()?.payload.count == 1000)
        }
        #expect(reader.buffered < 200_000)
    }

    /// Whether a large one comes alone or between others, in one piece or in many.
    @Test(arguments: [1 << 12, 1 << 16, 1 << 20]) func largeFramesComeOutWhole(_ step: Int) throws {
        let large = Frame(.reply, id: 8, payload: (0..<300_000).map { UInt8($0 % 251) })
        for frames in [[large], [large, large], [Frame(.call, id: 7, payload: [1]), large, Frame(.output)]] {
            let bytes = frames.flatMap { $0.encoded() }
            #expect(frames.flatMap { $0.header + $0.payload } == bytes)
            var reader = FrameReader()
            var seen: [Frame] = []
            for start in stride(from: 0, to: bytes.count, by: step) {
                feed(&reader, Array(bytes[start..<min(start + step, bytes.count)]))
                while let frame = try reader.next() { seen.append(frame) }
            }
            #expect(seen == frames)
        }
    }

    @Test func onlyFramesOfTheWorkerCountAsItsOwn() {
        let own: [FrameKind] = [.ready, .call, .output, .done, .error]
        let hosts: [FrameKind] = [.boot, .run, .reply, .fail, .interrupt]
        #expect(own.allSatisfy { $0.isFromWorker })
        #expect(!hosts.contains { $0.isFromWorker })
    }
}
