// SPDX-License-Identifier: Apache-2.0

/// How many seconds things take in a simulated cluster before the clock's scale is applied.
enum Durations {
    static let start = 1.0
    static let stop = 1.0
    static let shutdown = 4.0
    static let reset = 0.2
    static let pause = 0.3
    static let resume = 0.3
    static let hibernate = 3.0
    static let snapshot = 2.0
    static let memorySnapshot = 5.0
    static let deleteSnapshot = 2.0
    static let rollback = 2.0
    static let config = 0.3
    static let resize = 1.0
    static let linkedClone = 1.0
    static let fullClone = 6.0
    static let template = 1.0
    static let create = 2.0
    static let restore = 6.0
    static let destroy = 1.0
    static let offlineMigration = 3.0
    static let onlineMigration = 8.0
    static let backup = 10.0
    static let deleteVolume = 0.5
    static let download = 5.0
    static let upload = 0.5
    /// How long a way to a console stays open with nobody coming.
    static let consoleWait = 10.0
    static let highAvailabilityRequest = 0.5
    /// From an HA request to the moment the manager acts on it.
    static let highAvailabilityRound = 10.0
    /// From the end of qmreboot to the start that follows it.
    static let restart = 1.0
    /// How long a task waits for another one's lock file (PVE::AbstractConfig).
    static let guestLock = 10.0
    /// How long a guest is given to shut down unless the request says otherwise.
    static let shutdownTimeout = 60
}

extension ClusterState {
    /// What goes through a gigabit line or to spinning disks in a second.
    private static let bytesPerSecond = 110.0 * 1_048_576

    /// How long something takes that copies so many bytes; where sizes do not count, as long as it always takes.
    func seconds(_ usual: Double, copying bytes: Int) -> Double {
        isTwin ? max(usual, Double(bytes) / Self.bytesPerSecond) : usual
    }

    /// The sizes of a guest's disks, or of those that no other node sees.
    func diskBytes(_ guest: SimulatedGuest, onlyLocal: Bool = false) -> Int {
        disks(guest).filter { !$0.key.hasPrefix("unused") && !(onlyLocal && $0.storage.shared) }
            .reduce(0) { $0 + (DiskSize.of($1.value) ?? 0) }
    }

    /// How long a running machine takes from node to node.
    func migrationSeconds(_ guest: SimulatedGuest) -> Double {
        let memory = GuestFigures(guest: guest, now: now).memory
        return seconds(Durations.onlineMigration, copying: memory + diskBytes(guest, onlyLocal: true))
    }
}
