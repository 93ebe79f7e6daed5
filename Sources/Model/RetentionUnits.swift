// SPDX-License-Identifier: Apache-2.0

/// The kinds of things that Proxmox's `prune-backups` keeps, in the order in which it decides about them.
public enum RetentionUnits {
    /// `keep-last`, `keep-hourly` and so on, without `keep-`.
    public static let names = ["last", "hourly", "daily", "weekly", "monthly", "yearly"]
}
