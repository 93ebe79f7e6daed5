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
