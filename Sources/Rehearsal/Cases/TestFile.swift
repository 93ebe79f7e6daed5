// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Model
internal import Runbook

/// A file of tests.
public struct TestFile: Sendable, Hashable {
    /// The path as the person named it.
    public var path: String
    /// Its folder, absolute and without links.
    public var folder: String
    /// Its name without the folder.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// What test files are called by.
    public static let suffix = "_test.lua"

    /// The test files that paths stand for: a file itself, or all `*_test.lua` in a folder and below it, in order of names.
    ///
    /// - Throws: ``Failure`` of kind `usage` for a path that is not there, or where there is no test file at all.
    public static func found(at paths: [String]) throws(Failure) -> [TestFile] {
        var found: [String] = []
        for path in paths {
            found += try LuaFiles.below(path, suffix: suffix) ?? [path]
        }
        var seen: Set<String> = []
        let files = try found.map { (path) throws(Failure) in try TestFile(path: path) }
            .filter { seen.insert($0.folder + "/" + $0.name).inserted }
        guard !files.isEmpty else {
            throw Failure(
                .usage, "there is no test file in \(paths.joined(separator: ", "))",
                hint: "a test file's name ends in \(suffix), such as nightly_test.lua")
        }
        return files
    }

    init(path: String) throws(Failure) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let real = Self.real(folder) else { throw Failure(.usage, "there is no folder \(folder)") }
        self.folder = real
    }

    static func real(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// The path of a file that the test names, relative to its own folder.
    ///
    /// - Parameters:
    ///   - root: A folder above, in which it may lie too.
    ///   - endings: What its name must end in.
    /// - Throws: ``Failure`` of kind `parameter` where it lies elsewhere or is no file of that sort.
    func resolve(_ name: String, root: String, endings: [String], what: String) throws(Failure) -> String {
        guard !name.contains("\0"), endings.contains(where: name.hasSuffix) else {
            throw .parameter(what, "\"\(Excerpt.of(name))\" must end in \(endings.joined(separator: " or "))")
        }
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        guard let real = Self.real(path) else {
            throw Failure(
                .notFound, "\(what): there is no \(Excerpt.of(name)) beside the test",
                hint: "paths are relative to the folder of the test file")
        }
        let allowed = [folder, root].map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        guard allowed.contains(where: real.hasPrefix) else {
            throw .parameter(
                what,
                "\"\(Excerpt.of(name))\" lies outside of the test's folder and of the one pvelua was started in")
        }
        return real
    }
}
