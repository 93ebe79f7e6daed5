// SPDX-License-Identifier: Apache-2.0
public import Model
internal import Programs

/// Signs and verifies with OpenSSH's `ssh-keygen -Y`.
///
/// All methods start a program and block their thread.
public struct SSHKeygen: Sendable {
    /// The environment that it looks things up in: of it ssh-keygen gets what it needs to find an agent, a hardware key and
    /// somebody to ask, and nothing else.
    private let environment: [String: String]
    /// What signatures are made for.
    private let namespace: String
    private let program: String
    private let keyLister: String

    /// The folder of OpenSSH's programs; not looked for along `PATH`, where whoever starts us could put another.
    public static let folder = "/usr/bin"

    /// Makes a way to ssh-keygen.
    public init(namespace: String, environment: [String: String], folder: String = Self.folder) {
        self.namespace = namespace
        self.environment = environment
        program = folder + "/ssh-keygen"
        keyLister = folder + "/ssh-add"
    }

    /// What a verified signature tells.
    public struct Signer: Hashable, Sendable {
        /// The fingerprint of the key, `SHA256:…`; of a certificate that of its own key.
        public var fingerprint: String
        /// The names for which the key may sign by the file, as ssh-keygen tells them.
        public var names: [String]
    }

    /// Who signed; nil where ssh-keygen finds the signature bad, or the person or the key not allowed at this time.
    ///
    /// - Parameters:
    ///   - signature: Armored.
    ///   - signers: The content of an `allowed_signers` file.
    /// - Throws: ``Failure`` of kind `config` where ssh-keygen cannot be started.
    public func verify(
        _ statement: [UInt8], signature: String, person: String, signers: [UInt8]
    ) throws(Failure) -> Signer? {
        let files = [Array(signature.utf8), signers]
        let verified = try run(Self.verification(of: person, namespace), input: statement, files: files)
        guard verified.ending == .exited(0), let fingerprint = Self.fingerprint(verified.output) else { return nil }
        let found = try run(
            ["-Y", "find-principals", "-f", "/proc/self/fd/4", "-n", namespace, "-s", "/proc/self/fd/3"],
            input: statement, files: files)
        guard found.ending == .exited(0) else { return nil }
        let names = String(decoding: found.output, as: UTF8.self).split(whereSeparator: { ",\n".contains($0) })
        return Signer(fingerprint: fingerprint, names: names.map(String.init))
    }

    static func verification(of person: String, _ namespace: String) -> [String] {
        [
            "-Y", "verify", "-f", "/proc/self/fd/4", "-I", person, "-n", namespace, "-s", "/proc/self/fd/3",
        ]
    }

    /// The fingerprint at the end of `Good "…" signature for … with ED25519 key SHA256:…`.
    static func fingerprint(_ output: [UInt8]) -> String? {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        guard lines.count == 1, let line = lines.first, line.hasPrefix("Good "),
            let mark = line.lastIndex(of: " ")
        else { return nil }
        let word = line[line.index(after: mark)...]
        guard word.hasPrefix("SHA256:"), word.utf8.count == 50 else { return nil }
        return String(word)
    }

    /// The signature of a statement, armored.
    ///
    /// - Parameters:
    ///   - key: A private key, or a public one whose private half an agent holds.
    ///   - terminal: Where a passphrase or a PIN is asked for; nil where nobody can be asked.
    /// - Throws: ``Failure`` of kind `auth` where nothing was signed.
    public func sign(_ statement: [UInt8], key: SigningKey, terminal: String?) throws(Failure) -> String {
        let folder = try ScratchFolder(below: environment["TMPDIR"])
        let file = folder.path + "/statement"
        try folder.write("statement", statement)
        let path: String
        switch key {
        case .file(let name): path = name
        case .ofAgent(let line):
            path = folder.path + "/key.pub"
            try folder.write("key.pub", Array((line + "\n").utf8))
        }
        // Read from a file, not from standard input, as otherwise nobody could be asked for a passphrase.
        let outcome = try run(Self.signing(file, key: path, namespace), terminal: terminal)
        guard outcome.ending == .exited(0), let bytes = folder.read("statement.sig", most: 32 << 10) else {
            let words = String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").last.map(String.init)
            throw Failure(
                .auth, "nothing was signed\(outcome.ending == .timedOut ? ": nobody answered ssh-keygen in time" : "")",
                hint: "try the key: ssh-keygen -Y sign -n test -f KEY FILE", raw: words)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func signing(_ file: String, key: String, _ namespace: String) -> [String] {
        ["-Y", "sign", "-q", "-n", namespace, "-f", key, file]
    }

    /// The public keys that the agent holds, one line each; none where there is no agent.
    public func agentKeys() throws(Failure) -> [String] {
        guard let socket = environment["SSH_AUTH_SOCK"], !socket.isEmpty else { return [] }
        let outcome = try run(["-L"], program: keyLister)
        guard outcome.ending == .exited(0) else { return [] }
        return String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func run(
        _ arguments: [String], program: String? = nil, input: [UInt8] = [], files: [[UInt8]] = [],
        terminal: String? = nil
    ) throws(Failure) -> ProgramRun.Outcome {
        let program = program ?? self.program
        var run = ProgramRun(
            program, arguments, environment: variables, maximumOutput: 1 << 20, seconds: terminal == nil ? 30 : 180)
        run.input = input
        run.attachments = files
        run.terminal = terminal
        run.collectsErrors = terminal == nil
        do {
            return try run.run()
        } catch {
            throw Failure(
                .config, "\(program) cannot be started: \(error)",
                hint: "approvals are signed and verified by OpenSSH: apt install openssh-client")
        }
    }

    private static let handedOn = [
        "HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER", "DISPLAY", "WAYLAND_DISPLAY",
        "XAUTHORITY", "XDG_RUNTIME_DIR", "TERM",
    ]

    private var variables: [String: String] {
        environment.filter { Self.handedOn.contains($0.key) }
            .merging(["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]) { $1 }
    }
}

/// What to sign with.
public enum SigningKey: Hashable, Sendable {
    /// A file: a private key, or a public one whose private half an agent holds.
    case file(String)
    /// A public key as the agent tells it, `ssh-ed25519 AAAA…`.
    case ofAgent(String)
}
