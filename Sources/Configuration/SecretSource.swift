// SPDX-License-Identifier: Apache-2.0
public import Model

/// Where a secret is kept; the secret itself is never part of a configuration.
public enum SecretSource: Hashable, Sendable {
    /// A file that only its owner can read.
    case file(String)
    /// An environment variable.
    case environment(String)
    /// A program that prints it, run without a shell.
    case command([String])
    /// The person at the terminal, who is asked each time.
    case prompt

    /// How long a command may take.
    static let commandSeconds = 10.0
    /// The most bytes a secret may have.
    static let maximumSize = 8192

    /// Fetches the secret: its bytes, without the end of line that files and programs add.
    ///
    /// - Parameters:
    ///   - environment: Where a variable is looked up, and what a command is started with.
    ///   - home: The folder that `~` stands for.
    /// - Throws: ``Failure`` of kind `config` that never holds the secret: a file others can read, nothing there, an empty
    ///   secret or one of several lines, a command that fails or takes longer than ten seconds.
    public func resolve(environment: [String: String], home: String) throws(Failure) -> [UInt8] {
        let bytes: [UInt8]
        switch self {
        case .file(let path):
            let path = Locations.expand(path, home: home)
            guard let content = try FileContent.read(path, most: Self.maximumSize, trust: .secret) else {
                throw Failure(.config, "\(path): there is no such file")
            }
            bytes = content
        case .environment(let name):
            guard let value = environment[name] else {
                throw Failure(.config, "the environment variable \(name) is not set")
            }
            bytes = Array(value.utf8)
        case .command(let words):
            bytes = try SecretCommand(words: words, environment: environment).output(
                most: Self.maximumSize, seconds: Self.commandSeconds)
        case .prompt:
            // Whoever can ask does so instead of calling this.
            throw Failure(.auth, "there is nobody to ask for a secret", hint: Self.elsewhere)
        }
        return try checked(bytes)
    }

    /// What to do where nobody can be asked.
    public static let elsewhere =
        "run it at a terminal, or name where the secret is kept: { file: PATH }, { env: NAME } or { command: [...] }"

    /// The bytes without the end of line that files, programs and terminals add.
    ///
    /// - Throws: ``Failure`` of kind `config` for an empty secret or one of several lines.
    public func checked(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Failure(.config, "\(self): the secret is empty") }
        // Such a byte would end or split a header line.
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw Failure(.config, "\(self): the secret must be one line without control characters")
        }
        return Array(bytes)
    }
}

extension SecretSource: CustomStringConvertible {
    /// Where the secret is kept.
    public var description: String {
        switch self {
        case .file(let path): path
        case .environment(let name): "the environment variable \(name)"
        case .command(let words): "the command \(words.first ?? "")"
        case .prompt: "the terminal"
        }
    }
}
