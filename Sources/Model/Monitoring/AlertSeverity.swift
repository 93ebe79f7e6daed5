// SPDX-License-Identifier: Apache-2.0

/// How grave an alert is.
public enum AlertSeverity: String, Sendable, CaseIterable, Comparable {
    /// Somebody should look, in working hours.
    case warning
    /// Somebody must look now.
    case critical

    /// Orders by gravity.
    public static func < (left: AlertSeverity, right: AlertSeverity) -> Bool { left == .warning && right == .critical }
}
