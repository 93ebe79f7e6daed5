// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model

extension FileContent {
    /// Puts new content in place of a file at one stroke, readable by its owner only: whoever reads it gets all of the old or
    /// all of the new.
    ///
    /// A link is followed, so that a configuration that is kept elsewhere stays there.
    ///
    /// - Parameter expected: The content that was read before the change, or nil where there must be no file.
    /// - Throws: ``Failure`` of kind `config`, also where somebody else changed the file meanwhile.
    public static func replace(_ path: String, with bytes: [UInt8], expected: [UInt8]?) throws(Failure) {
        try PrivateStorage.makeFolder(PrivateStorage.folder(of: path))
        var target = path
        if let resolved = realpath(path, nil) {
            target = String(cString: resolved)
            free(resolved)
        }
        // Those who change it at the same moment take turns, so that none undoes what the other has just done.
        let folder = open(PrivateStorage.folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if folder >= 0 { close(folder) } }
        if folder >= 0 { while flock(folder, LOCK_EX) != 0, errno == EINTR {} }
        guard try read(path, most: max(bytes.count, expected?.count ?? 0) + 65_536) == expected else {
            throw Failure(.config, "\(path) was changed meanwhile", hint: "run the command again")
        }
        try put(target, bytes)
    }

    /// Puts content where a file may be or not, at one stroke, readable by its owner only; a link is replaced, not followed.
    ///
    /// - Throws: ``Failure`` of kind `config`.
    public static func put(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        try PrivateStorage.makeFolder(PrivateStorage.folder(of: path))
        let scratch = "\(path).new-\(getpid())"
        // Left by one that was killed and had our number.
        unlink(scratch)
        try write(scratch, bytes)
        guard rename(scratch, path) == 0 else {
            let number = errno
            unlink(scratch)
            throw Failure(.config, "\(path): \(String(cString: strerror(number)))")
        }
        synchronizeFolder(of: path)
    }

    /// Makes a file that only its owner can read.
    ///
    /// - Throws: ``Failure`` of kind `config`, also where there is a file of that name.
    public static func create(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        try PrivateStorage.makeFolder(PrivateStorage.folder(of: path))
        try write(path, bytes)
        synchronizeFolder(of: path)
    }

    private static func write(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure(.config, "\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw abandoned(path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw abandoned(path) }
    }

    private static func abandoned(_ path: String) -> Failure {
        let failure = Failure(.config, "\(path): \(String(cString: strerror(errno)))")
        unlink(path)
        return failure
    }

    private static func synchronizeFolder(of path: String) {
        let folder = open(PrivateStorage.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
