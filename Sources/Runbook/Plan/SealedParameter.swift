// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Proxmox
public import Plan
public import Secrets

extension Plan.ParameterBinding {
    private static let mark = "@secret:"

    /// What `--param` gave, as a plan holds it: of a secret only what tells it from another, for whoever approves reads the plan.
    ///
    /// - Parameter isSecret: Whether it is known to be one.
    public init(sealing name: String, _ value: String, isSecret: Bool, nonce: String, _ secrets: SecretBook) {
        let isSecret = isSecret || Redaction.isSecret(name) || secrets.holds(value)
        self.init(name: name, value: isSecret ? Self.mark + APICall.seal(.string(value), salt: nonce) : value)
    }

    /// Whether its value is not in the plan and has to be given again.
    public var isSealed: Bool { value.hasPrefix(Self.mark) }

    /// Whether that is its value.
    public func admits(_ given: String, nonce: String) -> Bool {
        isSealed ? value == Self.mark + APICall.seal(.string(given), salt: nonce) : value == given
    }
}
