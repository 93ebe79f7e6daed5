// SPDX-License-Identifier: Apache-2.0
internal import Model

/// How long trouble with looking is borne: what passes by itself as long as there is time, but a node that is away for two
/// minutes, since whatever it was doing has ended with it if it is down, and an unknown certificate for a minute, since a
/// node that renews its own shows the old one and the new one for a while.
struct TroubleGrace {
    private var kind: ErrorKind?
    private var since: Duration?

    /// Whether to look again after this failure.
    mutating func bears(_ failure: Failure, now: Duration) -> Bool {
        let longest: Duration
        switch failure.kind {
        case .tls: longest = .seconds(60)
        case .nodeUnreachable: longest = .seconds(120)
        default: return failure.isPassing
        }
        if kind != failure.kind { since = now }
        kind = failure.kind
        return now - (since ?? now) < longest
    }
}
