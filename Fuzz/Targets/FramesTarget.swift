// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Wire

@testable internal import Runbook

/// What a worker says, as raw bytes of its channel: whatever they are, the host reads them, refuses them and stays up.
enum FramesTarget {
    static func run(_ bytes: [UInt8]) -> Int32 {
        guard let first = bytes.first else { return 0 }
        var reader = FrameReader()
        // They come in two heaps, cut anywhere.
        let cut = 1 + Int(first) % bytes.count
        do throws(WireError) {
            for part in [bytes[1..<max(1, cut)], bytes[max(1, cut)...]] {
                part.withUnsafeBytes { reader.feed($0) }
                while let frame = try reader.next() { hear(frame) }
            }
        } catch {}
        return 0
    }

    private static func hear(_ frame: Frame) {
        require(frame.payload.count <= Frame.maximumSize, "a frame beyond all bounds")
        if let value = try? PackedValue(decoding: frame.payload) {
            require(
                (try? PackedValue(decoding: value.encoded())) == value || holdsNaN(value), "packed again it is another")
            _ = ScriptValue(value).json
        }
        switch frame.kind {
        case .call:
            var counter = CallCounter()
            let call = NumberedCall(frame.payload).numbered(&counter, own: "demo")
            guard let operation = OperationTable.named(call.operation) else { return }
            _ = try? ArgumentChecker.check(call.arguments, for: operation)
        case .error:
            let report = ScriptFailure(report: (try? PackedValue(decoding: frame.payload)) ?? .null, issued: [:])
            require(report.failure.message.utf8.count < 100_000, "more than anybody reads")
            require(report.traceback.count <= 200, "more than anybody reads")
        default: break
        }
    }

    private static func holdsNaN(_ value: PackedValue) -> Bool {
        switch value {
        case .number(let number): number.isNaN
        case .array(let elements): elements.contains(where: holdsNaN)
        case .map(let pairs): pairs.contains { holdsNaN($0.value) }
        default: false
        }
    }
}
