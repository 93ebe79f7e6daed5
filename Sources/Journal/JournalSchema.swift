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
        """
        ALTER TABLE run ADD COLUMN account TEXT;
        ALTER TABLE run ADD COLUMN origin TEXT;
        ALTER TABLE run ADD COLUMN source BLOB;
        ALTER TABLE run ADD COLUMN plan BLOB;
        ALTER TABLE run ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE run ADD COLUMN undoing TEXT;
        ALTER TABLE run ADD COLUMN cancel TEXT;
        ALTER TABLE step ADD COLUMN call_key TEXT;
        ALTER TABLE step ADD COLUMN call_occurrence INTEGER;
        ALTER TABLE step ADD COLUMN planned INTEGER;
        ALTER TABLE step ADD COLUMN place TEXT;
        ALTER TABLE step ADD COLUMN boot TEXT;
        ALTER TABLE step ADD COLUMN evidence BLOB;
        CREATE INDEX step_open ON step (cluster) WHERE state IN ('intent', 'sent', 'accepted', 'in_doubt');
        CREATE TABLE call (
            run TEXT NOT NULL REFERENCES run (id), key TEXT NOT NULL, occurrence INTEGER NOT NULL, name TEXT NOT NULL,
            place TEXT, kind TEXT NOT NULL, answer TEXT, answered REAL NOT NULL, PRIMARY KEY (run, key, occurrence)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE memo (
            run TEXT NOT NULL REFERENCES run (id), key TEXT NOT NULL, occurrence INTEGER NOT NULL, name TEXT NOT NULL,
            value TEXT NOT NULL, PRIMARY KEY (run, key, occurrence, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE text (
            run TEXT NOT NULL REFERENCES run (id), sha256 TEXT NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (run, sha256)
        ) STRICT;
        CREATE TABLE module (
            run TEXT NOT NULL REFERENCES run (id), name TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (run, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE start_facts (
            run TEXT NOT NULL REFERENCES run (id), cluster TEXT NOT NULL, part INTEGER NOT NULL, sha256 TEXT NOT NULL,
            PRIMARY KEY (run, cluster, part)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE output (
            run TEXT NOT NULL REFERENCES run (id), sequence INTEGER NOT NULL, stream INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (run, sequence)
        ) STRICT;
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL, run TEXT,
            step INTEGER, cluster TEXT, body TEXT NOT NULL, hash TEXT NOT NULL
        ) STRICT;
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1), sequence INTEGER NOT NULL, hash TEXT NOT NULL
        ) STRICT;
        """,
    ]

    /// The last version that had no audit.
    private static let lastWithoutAudit = 4

    /// Brings a file up to date; two processes may do so at the same time.
    ///
    /// - Parameter began: Called where the file was there before the audit's chain, which it begins.
    static func migrate(
        _ connection: SQLiteConnection, _ began: (SQLiteConnection) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        // A file that is current is only read: whoever looks need not wait for whoever writes.
        guard try version(of: connection) != migrations.count else { return }
        try connection.transaction { () throws(SQLiteError) in
            let version = try version(of: connection)
            guard version <= migrations.count else {
                throw SQLiteError(code: 0, message: "written by a newer pvelua (version \(version))")
            }
            for index in max(version, 0)..<migrations.count { try connection.execute(migrations[index]) }
            if version < migrations.count { try connection.execute("PRAGMA user_version = \(migrations.count)") }
            if (1...lastWithoutAudit).contains(version) { try began(connection) }
        }
    }

    private static func version(of connection: SQLiteConnection) throws(SQLiteError) -> Int {
        try connection.query("PRAGMA user_version").first?.integer(0) ?? 0
    }
}
