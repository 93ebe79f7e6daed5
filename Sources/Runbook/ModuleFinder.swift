// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import LuaSources
public import Model

/// Finds what `require` asks for: a file beside the runbook, else a module that pvelua ships.
public struct ModuleFinder: Sendable {
    /// The runbook's folder, or nil where a script has none (`-e`, REPL without file).
    public var folder: String?

    /// The largest module, in bytes.
    public static let maximumSize = 1 << 20

    /// Makes a finder.
    public init(folder: String?) { self.folder = folder }

    /// The module's source and the name its errors carry.
    ///
    /// - Parameter name: Words of letters, digits and `_`, joined by dots; each dot is a folder.
    /// - Throws: ``Failure`` of kind `parameter` for a name of another form, `not_found` where there is no such module.
    public func find(_ name: String) throws(Failure) -> (source: [UInt8], name: String) {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain =
            name.utf8.count <= 64
            && words.allSatisfy { word in
                guard let first = word.utf8.first, first.isASCIILetter || first == UInt8(ascii: "_") else {
                    return false
                }
                return word.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
            }
        guard isPlain else {
            throw .parameter(
                "require", "\"\(TextExcerpt.of(name))\" is no module name", hint: "letters, digits, _ and dots")
        }
        let relative = words.joined(separator: "/") + ".lua"
        if let folder, let source = try read(relative, in: folder) { return (source, "@" + relative) }
        if let source = Self.shipped(name) { return (source, "@pvelua/" + relative) }
        throw Failure(
            .notFound,
            "no module \"\(name)\": there is no \(relative) beside the runbook and pvelua ships none of that name")
    }

    /// The source of the file that an error names, `lib/tags.lua` or `pvelua/select.lua`; nil where it is no module.
    func source(named file: String) -> [UInt8]? {
        guard file.hasSuffix(".lua") else { return nil }
        let name = String(file.dropLast(4)).replacing("/", with: ".")
        if name.hasPrefix("pvelua.") { return Self.shipped(String(name.dropFirst(7))) }
        return try? find(name).source
    }

    /// The source of a module that pvelua ships, or nil where there is none of that name.
    static func shipped(_ name: String) -> [UInt8]? {
        let found = lua_source_named(name)
        return found.is_module ? Array(UnsafeBufferPointer(start: found.bytes, count: found.count)) : nil
    }

    /// Opens one path segment after the other, following no symbolic link, so that a module cannot lie outside the folder.
    private func read(_ relative: String, in folder: String) throws(Failure) -> [UInt8]? {
        var directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        let segments = relative.split(separator: "/").map(String.init)
        for segment in segments.dropLast() {
            let next = openat(directory, segment, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(directory)
            guard next >= 0 else { return nil }
            directory = next
        }
        defer { close(directory) }
        let file = openat(directory, segments.last ?? relative, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ELOOP {
                throw Failure(.notFound, "\(relative) is a symbolic link, which require does not follow")
            }
            return nil
        }
        defer { close(file) }
        return try FileReader.read(file, named: relative, maximum: Self.maximumSize)
    }
}

/// Reads text files that a person names.
public enum FileReader {
    /// The bytes of a regular file.
    ///
    /// - Throws: ``Failure`` of kind `usage` where it is no regular file, cannot be read or is too large.
    public static func read(path: String, maximum: Int) throws(Failure) -> [UInt8] {
        // Not blocking: a pipe without a writer must be told of, not waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Failure(.usage, "cannot read \(path): \(errorText(errno))") }
        defer { close(file) }
        return try read(file, named: path, maximum: maximum)
    }

    static func read(_ file: Int32, named name: String, maximum: Int) throws(Failure) -> [UInt8] {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.usage, "cannot read \(name): it is not a regular file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(.usage, "cannot read \(name): \(errorText(errno))") }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maximum else {
                throw Failure(.usage, "cannot read \(name): it is larger than \(maximum) bytes")
            }
        }
    }
}
