// SPDX-License-Identifier: Apache-2.0

/// Tells what a command to QEMU's monitor or to the guest's agent does, by its name.
enum MonitorCommand {
    private static let looking = ["query-", "qom-get", "guest-get-", "guest-network-get-", "guest-info", "guest-ping"]
    /// A shutdown that was asked for shows in the guest's state, which is what its caller waits for.
    private static let harmless: Set<String> = [
        "guest-sync", "guest-exec-status", "guest-fsfreeze-status", "guest-shutdown", "system_powerdown",
    ]

    /// Whether it changes something, so that it may have been carried out although its answer did not come in time.
    static func acts(_ name: String) -> Bool {
        !harmless.contains(name) && !looking.contains { name.hasPrefix($0) }
    }
}
