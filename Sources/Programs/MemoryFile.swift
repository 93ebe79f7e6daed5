// SPDX-License-Identifier: Apache-2.0
internal import CPrograms
internal import Glibc

/// A file that exists only in memory, for as long as somebody has it open.
final class MemoryFile {
    let descriptor: Int32

    init() throws(ProgramFailure) {
        descriptor = cp_memory_file()
        guard descriptor >= 0 else { throw ProgramFailure(number: errno) }
    }

    private init(above least: Int32) throws(ProgramFailure) {
        let first = cp_memory_file()
        guard first >= 0 else { throw ProgramFailure(number: errno) }
        defer { close(first) }
        descriptor = fcntl(first, F_DUPFD_CLOEXEC, least)
        guard descriptor >= 0 else { throw ProgramFailure(number: errno) }
    }

    deinit { close(descriptor) }

    /// Makes a file of these bytes, to be read from the beginning.
    ///
    /// - Parameter least: The least number that its descriptor may have.
    convenience init(holding bytes: [UInt8], above least: Int32 = 0) throws(ProgramFailure) {
        try self.init(above: least)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(done)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ProgramFailure(number: errno) }
            done += count
        }
    }

    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Gives back the memory of all but the last bytes, once that is worth it; what is given back reads as zeros.
    func forget(allBut most: Int) {
        let size = size
        guard size > 2 * max(most, 1 << 20) else { return }
        cp_forget(descriptor, size - most)
    }

    /// The last bytes, at most so many.
    func end(_ most: Int) -> [UInt8] {
        let size = size
        let count = min(size, max(most, 0))
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes[done...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(size - count + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            done += got
        }
        return Array(bytes.prefix(done))
    }
}
