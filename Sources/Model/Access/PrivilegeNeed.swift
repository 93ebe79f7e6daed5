// SPDX-License-Identifier: Apache-2.0

/// What a call needs of its caller: one of some privileges at a place, and what happens without.
public struct PrivilegeNeed: Hashable, Sendable {
    /// What Proxmox does where the need is not met.
    public enum Lack: String, Sendable {
        /// Answers 403.
        case refused
        /// Answers as if what the caller may not see did not exist.
        case hidden
    }

    /// Any of these will do.
    public var anyOf: [Privilege]
    /// Where.
    public var path: ACLPath
    /// What happens without.
    public var lack: Lack
    /// When it is needed, in words; nil for always.
    public var condition: String?

    /// Makes a need.
    public init(_ anyOf: [Privilege], at path: ACLPath, lack: Lack = .refused, when condition: String? = nil) {
        self.anyOf = anyOf
        self.path = path
        self.lack = lack
        self.condition = condition
    }

    /// One privilege on the guest that the call is about.
    public static func guest(_ privilege: Privilege, when condition: String? = nil) -> PrivilegeNeed {
        PrivilegeNeed([privilege], at: .guest, when: condition)
    }

    /// The need of whoever wants to find or list guests: without it they are not there.
    public static let seeingGuests = PrivilegeNeed(["VM.Audit"], at: .guest, lack: .hidden)

    /// The privileges as Proxmox writes them in a 403: `VM.Snapshot|VM.Snapshot.Rollback`.
    public var privileges: String { anyOf.map(\.rawValue).joined(separator: "|") }
}

extension PrivilegeNeed: CustomStringConvertible {
    /// `VM.PowerMgmt at /vms/{vmid}`, with the condition behind it.
    public var description: String { "\(privileges) at \(path)" + (condition.map { ", \($0)" } ?? "") }
}

extension Operation {
    /// What a call of this operation needs in all: what its endpoint says, and finding the guest it is about.
    public func needs(of endpoint: Endpoint) -> [PrivilegeNeed] {
        let findsGuest = parameters.contains { parameter in
            if case .guest = parameter.type { true } else { false }
        }
        guard findsGuest, !endpoint.needs.contains(where: { $0.anyOf == ["VM.Audit"] && $0.path == .guest }) else {
            return endpoint.needs
        }
        return [.seeingGuests] + endpoint.needs
    }
}

extension Endpoint {
    /// Whether what it needs follows from the path a script gives, as with `pve.api.get`.
    public var dependsOnPath: Bool { path.contains("…") }
}
