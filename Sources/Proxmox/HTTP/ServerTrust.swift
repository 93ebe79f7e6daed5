// SPDX-License-Identifier: Apache-2.0

/// Which certificates a server may show; there is no way to accept any.
public enum ServerTrust: Sendable, Hashable {
    /// Those that the system's certificate authorities vouch for.
    case system
    /// Those that an authority in this PEM file vouches for and, where there are pins, that are among them too.
    case authority(file: String, pins: [Fingerprint] = [])
    /// These certificates and no others; who vouches for them and which name they carry does not matter.
    case pins([Fingerprint])

    /// The pins, where there are any.
    public var pins: [Fingerprint] {
        switch self {
        case .system: []
        case .authority(_, let pins), .pins(let pins): pins
        }
    }
}
