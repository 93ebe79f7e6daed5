// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Model
internal import Runbook
internal import Secrets
internal import Terminal

/// The world a command runs in: what it may read of its surroundings and where it writes.
public struct CommandContext: Sendable {
    /// The command line, without the program's name.
    var arguments: [String] = []
    /// Where the process waits that started this one to go on without a terminal; nil for every other process.
    var detachedReport: Int32?
    /// The environment variables.
    public var environment: [String: String]
    /// The user's home folder.
    public var home: String
    /// The folder that holds pvelua's own binaries.
    public var binaries: String
    /// Whether standard input, output and error are terminals.
    public var isTerminal: (input: Bool, output: Bool, error: Bool)
    /// The worker that was started beforehand.
    var early: EarlyWorker?
    /// Logins that the audit is yet to be told of.
    var logins = LoginBook()
    /// All secrets that this process has come to know, so that none is written down.
    var secrets = SecretBook()

    /// The world of this process.
    public static func live() -> CommandContext {
        var variables: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return CommandContext(
            environment: variables, home: variables["HOME"] ?? accountHome(), binaries: ownFolder(),
            isTerminal: (isatty(0) == 1, isatty(1) == 1, isatty(2) == 1))
    }

    /// The home folder of this process's account, for when the environment does not tell.
    private static func accountHome() -> String {
        guard let account = getpwuid(getuid()), let folder = account.pointee.pw_dir else { return "/" }
        return String(cString: folder)
    }

    private static func ownFolder() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return "." }
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// The same for a command line; the process that a detached run lives in has no terminal of its own.
    func running(_ arguments: [String]) -> CommandContext {
        var result = self
        result.arguments = arguments
        result.early = EarlyWorker(for: arguments, executable: worker)
        if let text = result.environment.removeValue(forKey: Detachment.variable), let report = Int32(text),
            report > 2, fcntl(report, F_SETFD, FD_CLOEXEC) == 0
        {
            result.detachedReport = report
            result.isTerminal = (false, false, false)
        }
        return result
    }

    /// A path of the command line, made absolute; one that begins with `~/` stays as it is.
    func absolute(_ path: String) -> String {
        if path.hasPrefix("/") || path.hasPrefix("~/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }

    /// Starts a worker, or hands over the one that was started beforehand.
    func launchWorker() throws(Failure) -> WorkerProcess {
        if let worker = early?.take() { return worker }
        return try WorkerProcess.launch(executable: worker)
    }

    /// Where `pvelua-worker` lies: beside pvelua, or where `make install` puts it.
    var worker: String {
        let candidates = [binaries + "/pvelua-worker", binaries + "/../libexec/pvelua/pvelua-worker"]
        return candidates.first { access($0, X_OK) == 0 } ?? candidates[0]
    }

    /// How to write on standard error.
    var errorStyle: Style { Style.detected(descriptor: 2, environment: environment) }
    /// How to ask at the controlling terminal.
    var promptStyle: Style { Style.atTerminal(environment) }
    /// How to write on standard output.
    var outputStyle: Style { Style.detected(descriptor: 1, environment: environment) }
}

/// How many columns the terminal behind a descriptor has; nil where it does not tell.
func windowWidth(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}

/// How many rows the terminal behind a descriptor has; nil where it does not tell.
func windowHeight(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
    return Int(size.ws_row)
}

/// Writes bytes to a descriptor; false where they could not all be written.
@discardableResult
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
    }
    return true
}

/// Writes text to standard error.
func writeError(_ text: String) { writeAll(2, Array(text.utf8)) }
