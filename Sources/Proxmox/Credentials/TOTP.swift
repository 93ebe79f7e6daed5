// SPDX-License-Identifier: Apache-2.0
internal import CCurl
public import Model
internal import Synchronization

/// Makes the six digits that an authenticator app shows: RFC 6238 with SHA-1 and steps of 30 seconds, as Proxmox has it.
public struct TOTP: Sendable {
    private let key: Secret

    /// How many seconds a code is good for.
    public static let stepSeconds = 30.0

    /// Takes the secret as Proxmox shows it when the factor is set up: base 32, in either case, spaces and hyphens allowed.
    ///
    /// - Throws: ``Failure`` of the kind `config`, which does not repeat the secret.
    public init(base32 secret: Secret) throws(Failure) {
        let bytes = secret.reveal { Self.decode($0) }
        guard let bytes, bytes.count >= 10 else {
            throw Failure(
                .config, "the TOTP secret is not what authenticator apps take",
                hint: "it is the base 32 text beside the QR code: letters A to Z and digits 2 to 7, at least 16 of them"
            )
        }
        key = Secret(bytes)
    }

    /// The step that a moment lies in.
    ///
    /// - Parameter seconds: The wall clock's time, in seconds since 1970.
    public static func step(at seconds: Double) -> Int64 {
        Int64(max(0, min(seconds.isFinite ? seconds : 0, 1e12)) / stepSeconds)
    }

    /// The six digits of a step.
    public func code(step: Int64) -> String {
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Array($0) }
        var digest = [UInt8](repeating: 0, count: 20)
        let isMade = key.reveal { key in
            digest.withUnsafeMutableBufferPointer { out in
                guard let start = out.baseAddress else { return false }
                return cc_hmac_sha1(
                    key.bindMemory(to: UInt8.self).baseAddress, key.count, counter, counter.count, start)
            }
        }
        guard isMade else { return "" }
        // RFC 4226 §5.3: the last four bits say where the four bytes begin that count.
        let offset = Int(digest[19] & 15)
        let number = digest[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    private static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var result: [UInt8] = []
        var (buffer, bits) = (UInt32(0), 0)
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a")
            case UInt8(ascii: "2")...UInt8(ascii: "7"): value = byte - UInt8(ascii: "2") + 26
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "="): continue
            default: return nil
            }
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return result
    }
}

/// Remembers which steps of time a user's codes were made for: Proxmox takes no code twice.
public protocol CodeLedger: Sendable {
    /// The first step from the present one on whose code nobody has used; it counts as used from now on.
    func reserve(from present: Int64) -> Int64
}

/// A ledger for one process.
public final class MemoryCodeLedger: CodeLedger {
    private let last = Mutex<Int64?>(nil)

    /// Makes an empty ledger.
    public init() {}

    /// The first unused step.
    public func reserve(from present: Int64) -> Int64 {
        last.withLock { last in
            let step = Self.next(after: last, from: present)
            last = step
            return step
        }
    }

    /// The step to use, given the last one that was used by whoever.
    ///
    /// One that lies minutes ahead was written by a clock that was wrong, and nobody waits for it.
    public static func next(after last: Int64?, from present: Int64) -> Int64 {
        guard let last, (present...(present + 4)).contains(last) else { return present }
        return last + 1
    }
}
