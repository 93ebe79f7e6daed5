// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model
internal import Synchronization

/// Which runs living processes hold, as locks on bytes of a file beside the journal; the kernel lets them go with the process,
/// however it ends.
///
/// The locks belong to the open file (`F_OFD_SETLK`), so two journals of one process keep each other out as well.
final class RunLocks: Sendable {
    /// `F_OFD_GETLK` and `F_OFD_SETLK`, which Glibc shows to GNU's own programs only.
    private static let (askLock, setLock): (Int32, Int32) = (36, 37)

    private let path: String?
    private let state = Mutex<(file: Int32?, held: Set<Int>)>((nil, []))

    init(beside place: String) { path = place == ":memory:" ? nil : place + ".locks" }

    deinit { if let file = state.withLock({ $0.file }) { close(file) } }

    /// Takes a run; false while another process has it.
    func take(_ number: Int?) throws(Failure) -> Bool {
        guard let number else { return false }
        guard path != nil else { return state.withLock { $0.held.insert(number).inserted } }
        let file = try opened()
        guard set(file, number, Int16(F_WRLCK)) else { return false }
        state.withLock { _ = $0.held.insert(number) }
        return true
    }

    /// Lets a run go.
    func release(_ number: Int?) {
        guard let number else { return }
        state.withLock { state in
            state.held.remove(number)
            if let file = state.file { _ = set(file, number, Int16(F_UNLCK)) }
        }
    }

    /// Whether this process has it.
    func isOwn(_ number: Int?) -> Bool { number.map { number in state.withLock { $0.held.contains(number) } } ?? false }

    /// Whether a living process has it, this one included.
    func isTaken(_ number: Int?) throws(Failure) -> Bool {
        guard let number else { return false }
        if state.withLock({ $0.held.contains(number) }) { return true }
        guard path != nil else { return false }
        var lock = Self.lock(number, Int16(F_WRLCK))
        guard fcntl(try opened(), Self.askLock, &lock) == 0 else { return false }
        return lock.l_type != Int16(F_UNLCK)
    }

    private func opened() throws(Failure) -> Int32 {
        guard let path else { throw Failure(.config, "a journal in memory has no locks") }
        if let file = state.withLock({ $0.file }) { return file }
        try PrivateStorage.makeFile(path)
        let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw Failure(.config, "\(path): \(String(cString: strerror(errno)))") }
        return state.withLock { state in
            if let first = state.file {
                close(file)
                return first
            }
            state.file = file
            return file
        }
    }

    private func set(_ file: Int32, _ number: Int, _ type: Int16) -> Bool {
        var lock = Self.lock(number, type)
        return fcntl(file, Self.setLock, &lock) == 0
    }

    private static func lock(_ number: Int, _ type: Int16) -> flock {
        flock(l_type: type, l_whence: Int16(SEEK_SET), l_start: off_t(number), l_len: 1, l_pid: 0)
    }
}

/// What tells one boot of a machine from another, and the time.
public enum MachineBoot {
    /// The kernel's id of this boot; nil where it does not tell.
    public static func id() -> String? {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 36)
        guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Seconds since 1970.
    public static func time() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
