// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// How a process ended and what it wrote.
public struct ProcessResult: Sendable {
    /// The exit status, or 128 plus the signal's number.
    public var status: Int32
    /// All of standard output.
    public var output: String
    /// All of standard error.
    public var errors: String

    /// Makes a result.
    public init(status: Int32, output: String, errors: String) {
        self.status = status
        self.output = output
        self.errors = errors
    }
}

/// Runs a program to its end with the given standard input.
///
/// - Parameter environment: Added to PATH and HOME of this process; nothing else is passed on.
public func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
    directory: URL? = nil
) throws -> ProcessResult {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
    variables["HOME"] = ProcessInfo.processInfo.environment["HOME"] ?? "/"
    process.environment = variables.merging(environment) { $1 }
    process.currentDirectoryURL = directory
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let outputFile = scratch.url.appendingPathComponent("stdout")
    let errorFile = scratch.url.appendingPathComponent("stderr")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    if let input {
        let file = scratch.url.appendingPathComponent("stdin")
        try Data(input.utf8).write(to: file)
        process.standardInput = try FileHandle(forReadingFrom: file)
    } else {
        process.standardInput = FileHandle.nullDevice
    }
    try process.run()
    process.waitUntilExit()
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return ProcessResult(
        status: status,
        output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
}

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
