// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The journal's tables and how older files become current ones.
enum JournalSchema {
    /// Each entry leads from its index to the next version; entries are only ever added.
    static let migrations = [
        """
        CREATE TABLE run (
            id TEXT PRIMARY KEY, cluster TEXT NOT NULL, script TEXT NOT NULL, script_sha256 TEXT NOT NULL,
            caller TEXT NOT NULL, started REAL NOT NULL, ended REAL, outcome TEXT
        ) STRICT;
        CREATE INDEX run_started ON run (started);
        CREATE TABLE step (
            run TEXT NOT NULL REFERENCES run (id), sequence INTEGER NOT NULL,
            actions TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, parameters TEXT NOT NULL,
            vmid INTEGER, node TEXT, identity TEXT,
            state TEXT NOT NULL, upid TEXT,
            intended REAL NOT NULL, sent REAL, accepted REAL, ended REAL, outcome TEXT,
            PRIMARY KEY (run, sequence)
        ) STRICT;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE step ADD COLUMN cluster TEXT;
        UPDATE step SET cluster = (SELECT run.cluster FROM run WHERE run.id = step.run);
        """,
        """
        CREATE TABLE alert (
            cluster TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL,
            changed REAL NOT NULL, PRIMARY KEY (cluster, fingerprint)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE alert_delivery (
            id INTEGER PRIMARY KEY AUTOINCREMENT, cluster TEXT NOT NULL, channel TEXT NOT NULL, body TEXT NOT NULL,
            created REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, claimed REAL
        ) STRICT;
        """,
        """
        ALTER TABLE step ADD COLUMN guests TEXT;
        ALTER TABLE step ADD COLUMN counts INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX step_intended ON step (intended);
        CREATE TABLE freeze (
            id INTEGER PRIMARY KEY AUTOINCREMENT, began REAL NOT NULL, until REAL NOT NULL, reason TEXT NOT NULL,
            account TEXT NOT NULL, lifted REAL
        ) STRICT;
        CREATE TABLE plan_use (digest TEXT PRIMARY KEY, run TEXT NOT NULL, used REAL NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE plan_verdict (
            digest TEXT NOT NULL, person TEXT NOT NULL, is_denial INTEGER NOT NULL, given REAL NOT NULL,
            expires REAL NOT NULL, reason TEXT, PRIMARY KEY (digest, person, is_denial)
        ) STRICT, WITHOUT ROWID;
        """,
    ]

    /// Brings a file up to date; two processes may do so at the same time.
    static func migrate(_ connection: SQLiteConnection) throws(SQLiteError) {
        try connection.transaction { () throws(SQLiteError) in
            let version = try connection.query("PRAGMA user_version").first?.integer(0) ?? 0
            guard version <= migrations.count else {
                throw SQLiteError(code: 0, message: "written by a newer pvelua (version \(version))")
            }
            for index in max(version, 0)..<migrations.count { try connection.execute(migrations[index]) }
            if version < migrations.count { try connection.execute("PRAGMA user_version = \(migrations.count)") }
        }
    }
}
