// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model
internal import Secrets

extension SQLiteJournal: AlertStore {
    /// Replaces a cluster's alerts and queues what is to be told, in one transaction.
    public func changeAlerts(
        of cluster: String, at time: Double, _ change: @Sendable ([AlertRow]) -> AlertChange
    ) throws(Failure) {
        try write(.config, "no alert was told") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                let old = try Self.alerts(connection, cluster)
                var new = change(old)
                new.alerts = new.alerts.map {
                    AlertRow(fingerprint: secrets.scrub($0.fingerprint), state: $0.state, body: secrets.scrub($0.body))
                }
                let kept = Set(new.alerts.map(\.fingerprint))
                for row in old where !kept.contains(row.fingerprint) {
                    try connection.query(
                        "DELETE FROM alert WHERE cluster = ? AND fingerprint = ?",
                        [.text(cluster), .text(row.fingerprint)])
                }
                let known = Set(old)
                for row in new.alerts where !known.contains(row) {
                    try connection.query(
                        """
                        INSERT INTO alert (cluster, fingerprint, state, body, changed) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (cluster, fingerprint) DO UPDATE
                        SET state = excluded.state, body = excluded.body, changed = excluded.changed
                        """,
                        [.text(cluster), .text(row.fingerprint), .text(row.state), .text(row.body.text), .real(time)])
                }
                for message in new.messages {
                    try connection.query(
                        "INSERT INTO alert_delivery (cluster, channel, body, created) VALUES (?, ?, ?, ?)",
                        [.text(cluster), .text(message.channel), .text(secrets.scrub(message.body).text), .real(time)])
                }
            }
        }
    }

    /// A cluster's alerts.
    public func alerts(of cluster: String) throws(Failure) -> [AlertRow] {
        try read { connection throws(SQLiteError) in try Self.alerts(connection, cluster) }
    }

    private static func alerts(_ connection: SQLiteConnection, _ cluster: String) throws(SQLiteError) -> [AlertRow] {
        try connection.query(
            "SELECT fingerprint, state, body FROM alert WHERE cluster = ? ORDER BY fingerprint", [.text(cluster)]
        ).compactMap { row in
            guard let fingerprint = row.text(0), let state = row.text(1), let body = row.json(2) else { return nil }
            return AlertRow(fingerprint: fingerprint, state: state, body: body)
        }
    }

    /// What is to be told and nobody else is at, in order; it is the caller's for `lease` seconds.
    public func claimDeliveries(
        of cluster: String, at time: Double, lease: Double
    ) throws(Failure) -> [AlertDelivery] {
        try write(.config, "no alert was told") { connection throws(SQLiteError) in
            try connection.transaction { () throws(SQLiteError) in
                // A claim from the future is one from before the clock was set back.
                let rows = try connection.query(
                    """
                    SELECT id, channel, body, created, attempts FROM alert_delivery
                    WHERE cluster = ?1 AND (claimed IS NULL OR claimed <= ?2 - ?3 OR claimed > ?2) ORDER BY id LIMIT 1000
                    """, [.text(cluster), .real(time), .real(lease)])
                let found = rows.compactMap { row -> AlertDelivery? in
                    guard let id = row.integer(0), let channel = row.text(1), let body = row.json(2),
                        let created = row.real(3), let attempts = row.integer(4)
                    else { return nil }
                    return AlertDelivery(id: id, channel: channel, body: body, created: created, attempts: attempts)
                }
                for delivery in found {
                    try connection.query(
                        "UPDATE alert_delivery SET claimed = ? WHERE id = ?", [.real(time), SQLiteValue(delivery.id)])
                }
                return found
            }
        }
    }

    /// Forgets what was told, or is given up.
    public func endDelivery(_ id: Int) throws(Failure) {
        try write(.config, "an alert may be told twice") { connection throws(SQLiteError) in
            try connection.query("DELETE FROM alert_delivery WHERE id = ?", [SQLiteValue(id)])
        }
    }

    /// Gives a delivery back for the next round, counting the attempt where there was one.
    public func returnDelivery(_ id: Int, wasTried: Bool) throws(Failure) {
        try write(.config, "an alert is told later than it could be") { connection throws(SQLiteError) in
            try connection.query(
                "UPDATE alert_delivery SET claimed = NULL, attempts = attempts + ? WHERE id = ?",
                [SQLiteValue(wasTried ? 1 : 0), SQLiteValue(id)])
        }
    }
}
