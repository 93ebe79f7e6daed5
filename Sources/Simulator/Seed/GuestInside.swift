// SPDX-License-Identifier: Apache-2.0

/// The inside of a simulated machine, as far as its guest agent is asked about it.
public struct GuestInside: Sendable, Hashable {
    /// One program that the agent started.
    struct Run: Sendable, Hashable {
        var exitCode: Int
        var output: String
        var errors = ""
        /// When it is done, in seconds since 1970.
        var end: Double
    }

    /// The system, as `/etc/os-release` names it: ID, NAME, PRETTY_NAME, VERSION_ID.
    public var system = [
        "ID": "debian", "NAME": "Debian GNU/Linux", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)", "VERSION_ID": "12",
    ]
    /// The host's name; nil for the guest's own.
    public var hostName: String?
    /// The address of the first network card; nil for a made-up one.
    public var address: String?
    /// Files besides `/etc/hostname` and `/etc/os-release`, by path.
    public var files: [String: String] = [:]
    var runs: [Int: Run] = [:]
    /// The number of the last program.
    var lastProcess = 700

    /// Makes the inside of a Debian.
    public init() {}

    static let kernel = "6.1.0-37-amd64"
    private static let root = [
        "bin", "boot", "dev", "etc", "home", "lib", "lib64", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys",
        "tmp", "usr", "var",
    ]

    func hostName(of guest: SimulatedGuest) -> String { hostName ?? guest.displayName }

    func address(of guest: SimulatedGuest) -> String { address ?? "198.51.100.\(guest.vmid % 254 + 1)" }

    /// A file's content, or nil where there is none.
    func file(_ path: String, of guest: SimulatedGuest) -> String? {
        switch path {
        case _ where files[path] != nil: files[path]
        case "/etc/hostname": hostName(of: guest) + "\n"
        case "/etc/os-release":
            ["NAME", "ID", "VERSION_ID", "PRETTY_NAME"].compactMap { key in
                system[key].map { key == "ID" ? "\(key)=\($0)\n" : "\(key)=\"\($0)\"\n" }
            }.joined()
        default: nil
        }
    }

    /// Runs a program; nil where there is no such program.
    func run(_ words: [String], input: String, of guest: SimulatedGuest, now: Double) -> Run? {
        let arguments = Array(words.dropFirst())
        let name = words.first?.split(separator: "/").last.map(String.init) ?? ""
        func done(_ text: String, _ code: Int = 0, errors: String = "", after seconds: Double = 0.1) -> Run {
            Run(exitCode: code, output: text, errors: errors, end: now + seconds)
        }
        switch name {
        case "true", "sync", "fstrim": return done("")
        case "false": return done("", 1)
        case "echo": return done(arguments.joined(separator: " ") + "\n")
        case "hostname": return done(hostName(of: guest) + "\n")
        case "uname": return done(arguments.contains("-r") ? Self.kernel + "\n" : "Linux\n")
        case "whoami": return done("root\n")
        case "uptime": return done("up \(GuestFigures(guest: guest, now: now).uptime / 60) min\n")
        case "date": return done(CalendarDate(now).log + "\n")
        case "sleep": return done("", after: arguments.first.flatMap(Double.init).map { max(0, min($0, 1e6)) } ?? 0)
        case "ls": return list(arguments.last { !$0.hasPrefix("-") } ?? "/", of: guest, now: now)
        case "cat":
            if arguments.isEmpty { return done(input) }
            let found = arguments.map { file($0, of: guest) }
            let missing = zip(arguments, found).filter { $0.1 == nil }.map(\.0)
            return done(
                found.compactMap(\.self).joined(), missing.isEmpty ? 0 : 1,
                errors: missing.map { "cat: \($0): No such file or directory\n" }.joined())
        case "sh", "bash":
            guard arguments.first == "-c", arguments.count > 1 else { return done("") }
            let line = arguments[1].split(separator: " ").map(String.init)
            if line.first == "exit" { return done("", line.dropFirst().first.flatMap { Int($0) } ?? 0) }
            return run(line, input: input, of: guest, now: now)
                ?? done("", 127, errors: "sh: 1: \(line.first ?? ""): not found\n")
        default: return nil
        }
    }

    private func list(_ folder: String, of guest: SimulatedGuest, now: Double) -> Run {
        let base = folder == "/" ? "/" : folder + "/"
        let known = ["/etc/hostname", "/etc/os-release"] + files.keys
        let below = known.filter { $0.hasPrefix(base) }.compactMap {
            $0.dropFirst(base.count).split(separator: "/").first.map(String.init)
        }
        let names = Set(folder == "/" ? Self.root + below : below).sorted()
        guard !names.isEmpty else {
            let text = "ls: cannot access '\(folder)': No such file or directory\n"
            return Run(exitCode: 2, output: "", errors: text, end: now + 0.1)
        }
        return Run(exitCode: 0, output: names.map { $0 + "\n" }.joined(), end: now + 0.1)
    }
}
