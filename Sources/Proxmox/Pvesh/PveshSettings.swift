// SPDX-License-Identifier: Apache-2.0

/// How a ``PveshTransport`` runs `pvesh`.
public struct PveshSettings: Sendable {
    /// The program.
    public var program: String
    /// How long a write may take.
    ///
    /// On the command line a task runs inside `pvesh` (pve-facts §9), so that ending it ends the task; whoever waits for
    /// less time than this stops waiting, and the task goes on.
    public var writeTimeout: Duration
    /// How long `pvesh` has to clean up when it is asked to end.
    public var grace: Duration
    /// The largest answer to a read, in bytes.
    public var maximumOutput: Int
    /// How long a write runs before its task is looked for.
    public var firstLook: Duration
    /// How many reads, and apart from them how many writes, are under way at a time.
    public var parallel: Int
    /// The environment of `pvesh`, all of it.
    public var environment: [String: String]

    /// What makes `pvesh` take the names of options literally.
    ///
    /// Perl's Getopt::Long takes them cut short and in capitals too: `--archiv` would do what `archive` does, although it was
    /// judged as a parameter that nobody knows.
    static let exactNames = ["PERL5OPT": "-MGetopt::Long=:config,no_auto_abbrev,no_ignore_case"]

    /// Makes settings.
    public init(
        program: String = "/usr/bin/pvesh", writeTimeout: Duration = .seconds(24 * 3600),
        grace: Duration = .seconds(5), maximumOutput: Int = 64 << 20, firstLook: Duration = .seconds(1),
        parallel: Int = 4
    ) {
        self.program = program
        self.writeTimeout = writeTimeout
        self.grace = grace
        self.maximumOutput = maximumOutput
        self.firstLook = firstLook
        self.parallel = max(1, parallel)
        environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root", "TERM": "dumb",
        ].merging(Self.exactNames) { $1 }
    }
}
