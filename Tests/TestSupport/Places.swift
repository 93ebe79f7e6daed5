// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A folder that exists for one test.
public struct TemporaryFolder: Sendable {
    /// Where it is.
    public let url: URL

    /// Makes an empty folder under the system's temporary one, readable by its owner only.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("pvelua-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Removes the folder with all that is in it.
    public func remove() { try? FileManager.default.removeItem(at: url) }

    /// Writes a file into the folder and says where it is.
    public func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        return file
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
