// SPDX-License-Identifier: Apache-2.0
internal import CPrograms
internal import Glibc

/// Why a program could not be started.
public struct ProgramFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system's words.
    public let description: String

    init(number: Int32) { description = String(cString: strerror(number)) }
}

/// Starts programs with exactly the descriptors and the environment that they are given.
public enum ProgramStart {
    /// What a program finds at one of its descriptors.
    public enum Descriptor: Sendable {
        /// Nothing to read, and a place where all that is written vanishes.
        case null(Int32)
        /// A copy of one of ours.
        case copy(of: Int32, at: Int32)
        /// A terminal, whose foreground the program is from its first moment, so that it may ask there.
        case terminal(of: Int32, at: Int32)

        var target: Int32 {
            switch self {
            case .null(let number): number
            case .copy(_, let number), .terminal(_, let number): number
            }
        }
    }

    /// Starts a program in a process group of its own, so that Ctrl-C at the terminal is ours to answer.
    ///
    /// Signals are as the system has them by default; of our descriptors it keeps the standard ones that are not replaced.
    ///
    /// - Parameters:
    ///   - arguments: All of them, the program's own name first; a zero byte ends one early, so there must be none.
    ///   - searchesPath: Whether a name without `/` is looked for along `PATH`.
    ///   - sharesGroup: Whether it stays in our process group, so that Ctrl-C reaches it as well.
    ///   - leavesTerminal: Whether it gets a session of its own, in which no terminal can be asked at.
    /// - Returns: The process id, which the caller has to wait for.
    public static func start(
        _ program: String, arguments: [String], environment: [String], descriptors: [Descriptor],
        searchesPath: Bool = false, sharesGroup: Bool = false, leavesTerminal: Bool = false
    ) throws(ProgramFailure) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in descriptors {
            switch descriptor {
            case .null(let number): posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
            case .copy(let source, let number): posix_spawn_file_actions_adddup2(&actions, source, number)
            case .terminal(let source, let number):
                posix_spawn_file_actions_adddup2(&actions, source, number)
                cp_take_terminal(&actions, number)
            }
        }
        // Everything pvelua opens closes itself at exec; this is for what its own parent left open.
        let highest = descriptors.map(\.target).max() ?? 2
        cp_close_from(&actions, max(highest, 2) + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        // Dispatch blocks signals on its threads and we ignore some; a program must die of every signal as usual.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let group = leavesTerminal ? Int32(CP_SPAWN_SETSID) : sharesGroup ? 0 : POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(
            &attributes,
            Int16(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var child: Int32 = 0
        let code =
            searchesPath
            ? posix_spawnp(&child, program, &actions, &attributes, &words, &variables)
            : posix_spawn(&child, program, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw ProgramFailure(number: code) }
        return child
    }
}
