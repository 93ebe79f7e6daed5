// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// What an interrupted run does about what it has done.
enum CancelChoice: String, ExpressibleByArgument, CaseIterable {
    /// Calls what `pve.on_failure` was given.
    case undo
    /// Leaves it as it is.
    case keep
}
