// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// A change whose task was accepted and not waited for to the end.
struct PendingStep: Sendable {
    let change: Change
    let recorder: StepRecorder
}

/// A task and where it runs: two clusters may give the same name to theirs.
struct ClusterTask: Hashable, Sendable {
    let cluster: String
    let upid: UPID
}
