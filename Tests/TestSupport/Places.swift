// SPDX-License-Identifier: Apache-2.0
public import Foundation
internal import Glibc

/// A folder that exists for one test.
public struct TemporaryFolder: Sendable {
    /// Where it is.
    public let url: URL

    /// Files that tests write shall have the same permissions whoever runs the tests.
    private static let isUmaskSet = umask(0o022) >= 0

    /// Makes an empty folder under the system's temporary one, readable by its owner only.
    public init() throws {
        _ = Self.isUmaskSet
        url = FileManager.default.temporaryDirectory.appendingPathComponent("pvelua-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Removes the folder with all that is in it.
    public func remove() { try? FileManager.default.removeItem(at: url) }

    /// Writes a file into the folder and says where it is; one that may be run can be run from then on.
    public func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        if mode & 0o111 != 0 { try waitForWriters(of: file) }
        return file
    }

    /// Waits until nobody has a file open for writing: such a one cannot be run (ETXTBSY).
    ///
    /// A program that another thread started while the file was being written holds it open as well, until it has become the
    /// program that it shall be. The kernel gives a read lease only where there is no writer.
    private func waitForWriters(of file: URL) throws {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        let setLease: Int32 = 1024
        var looks = 0
        while fcntl(descriptor, setLease, Int32(F_RDLCK)) != 0, errno == EAGAIN {
            looks += 1
            if looks > 30_000 { throw NeverHappened("\(file.path) is closed by all who write it") }
            usleep(1000)
        }
    }
}

/// What a test waited for did not come.
public struct NeverHappened: Error, CustomStringConvertible {
    /// What was waited for.
    public let description: String

    /// Names it.
    public init(_ what: String) { description = "this was waited for and never happened: \(what)" }
}

/// Waits until something has happened, looking again and again.
///
/// - Throws: ``NeverHappened`` with the words, after two minutes.
public func eventually(_ what: String, _ hasHappened: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try await !hasHappened() {
        if ContinuousClock.now > deadline { throw NeverHappened(what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The places that tests look at.
public enum Places {
    /// The top of the repository.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The reference material beside the repository, or nil where it is absent (a test then says that it skips).
    public static var reference: URL? {
        let folder = repository.deletingLastPathComponent().appendingPathComponent("shared/reference")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    /// The folder that holds the binaries this test run was built with.
    public static var products: URL {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let manager = FileManager.default
        while folder.path != "/", !manager.fileExists(atPath: folder.appendingPathComponent("pvelua-worker").path) {
            folder.deleteLastPathComponent()
        }
        if folder.path == "/" { folder = repository.appendingPathComponent(".build/debug") }
        return folder
    }
}
