// SPDX-License-Identifier: Apache-2.0
internal import LuaBridge
internal import Wire

/// What the boot frame asks for, with the defaults of what it leaves out.
struct Boot {
    /// The packed map as it came; the prelude reads `functions`, `methods`, `gives` and `modules` from it.
    var payload: [UInt8]
    var limits: lb_limits
    var seed: UInt64
    /// A session of many chunks: no RLIMIT_CPU, which would count them together.
    var interactive: Bool
    /// Whether the host, whose time is not the world's, wants to know when the script waits for it alone.
    var tellsIdleness: Bool
    /// Whether a test file is to be run: what it is written in is loaded too.
    var testing: Bool
    /// Whether the lines that run are counted.
    var covering: Bool
    /// A system call to try after the lock, or `refuse` to act as if the lock had been refused; for tests.
    var selftest: String?
    /// A system call that the filter is to let through, so that its proof must fail; for tests.
    var hole: String?

    /// Nil where the frame is no boot frame with a packed map.
    init?(_ frame: Frame) {
        guard frame.kind == .boot, let map = try? PackedValue(decoding: frame.payload), case .map = map else {
            return nil
        }
        payload = frame.payload
        limits = lb_limits(
            memory: UInt64(clamping: map["memory"]?.whole ?? 256 << 20),
            output: UInt64(clamping: map["output"]?.whole ?? 1 << 20),
            frame: UInt64(clamping: map["frame"]?.whole ?? 64 << 20),
            depth: Int32(clamping: map["depth"]?.whole ?? 64),
            cpu_slice: map["cpu_slice"]?.seconds ?? 10,
            cpu_total: map["cpu_total"]?.seconds ?? 60)
        seed = UInt64(bitPattern: map["seed"]?.whole ?? 0)
        interactive = map["interactive"] == .bool(true)
        tellsIdleness = map["tells_idleness"] == .bool(true)
        testing = map["testing"] == .bool(true)
        covering = map["coverage"] == .bool(true)
        selftest = map["selftest"]?.text
        hole = map["hole"]?.text
    }

    /// Seconds after which the kernel ends the process, well behind the limits that can be reported.
    var hardSeconds: UInt64 {
        guard !interactive, limits.cpu_total < 1_000_000 else { return 0 }
        return UInt64(limits.cpu_total.rounded(.up)) * 2 + 10
    }
}

extension PackedValue {
    /// The number, where it is an integer.
    var whole: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The number, where it is a duration.
    var seconds: Double? {
        switch self {
        case .integer(let number): Double(max(number, 0))
        case .number(let number) where number >= 0: number
        default: nil
        }
    }
}
