// SPDX-License-Identifier: Apache-2.0

/// Commands to a guest's monitor or agent whose answer did not come in time.
///
/// QEMU waits some seconds for an answer and gives up; the guest may carry the command out all the same (PVE::QMPClient), so
/// only of a command that looks and changes nothing it is certain that no harm was done.
enum MonitorTimeout {
    private static let pattern: TextPattern = "qmp command '*' failed - got timeout"
    private static let looks = [
        "query-", "guest-get-", "guest-network-get-", "guest-ping", "guest-info", "guest-sync", "qom-get",
    ]
    /// A shutdown that was asked for shows in the guest's state, which is what its caller waits for.
    private static let harmless: Set<String> = [
        "guest-fsfreeze-status", "guest-exec-status", "guest-file-read", "guest-shutdown", "system_powerdown",
    ]

    /// Whether the text says that a command got no answer which may have been carried out.
    static func mayHaveRun(_ text: String) -> Bool {
        guard let command = pattern.captures(in: text)?.first else { return false }
        return !harmless.contains(command) && !looks.contains { command.hasPrefix($0) }
    }
}
