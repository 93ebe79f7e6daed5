// SPDX-License-Identifier: Apache-2.0
internal import Journal
public import Model
public import Policy
internal import Secrets
internal import Wire

extension RunbookHeader {
    /// Refuses whom the runbook is not for.
    ///
    /// - Throws: ``Failure`` of kind `policy_denied`.
    public func admit(_ caller: Caller) throws(Failure) {
        guard let declared = callers, !declared.callers.contains(caller) else { return }
        let names = declared.callers.sorted().map(\.rawValue).joined(separator: ", ")
        throw Failure(
            .policyDenied, "this runbook may be run by \(names), and you are taken for \(caller.rawValue)",
            hint: "its header says so (\(declared.place)); nothing was run")
    }

    /// The policy that holds for a run of this runbook: what it does not declare is denied, and its limits are limits.
    public func bounding(_ policy: PolicySet) -> PolicySet {
        let limits = DeclaredLimits.ofChanges(limits)
        guard actions != nil || !limits.isEmpty else { return policy }
        return policy.bounded(
            by: .header(
                declaring: actions?.patterns, place: actions?.place ?? place, limits: PolicyLimits(limits)))
    }
}

extension RunEnvironment {
    /// The same world for a run of a runbook with that header: its parameters checked, its bounds in force on every cluster.
    ///
    /// - Parameter header: nil for a runbook without one, for which nothing changes.
    /// - Throws: ``Failure`` of kind `policy_denied` for a caller it is not for, `usage` for wrong parameters.
    public func governed(by header: RunbookHeader?) throws(Failure) -> RunEnvironment {
        guard let header else { return self }
        try header.admit(caller)
        var result = self
        result.settings.header = header
        for (name, value) in settings.parameters where header.parameter(name)?.isSecret == true {
            secrets.register(value)
        }
        result.settings.values = try GivenParameters(header: header, given: settings.parameters).values()
        result.settings.limits = DeclaredLimits.tighten(settings.limits, by: header.limits)
        result.policy = header.bounding(policy)
        let open = clusters.open
        result.clusters.open = { (name) throws(Failure) in
            var opened = try await open(name)
            opened.policy = header.bounding(opened.policy)
            return opened
        }
        return result
    }
}

extension RunSettings {
    /// Whether a parameter's value is told to nobody and kept nowhere.
    public func isSecret(_ name: String) -> Bool {
        Redaction.isSecret(name) || header?.parameter(name)?.isSecret == true
    }

    /// The parameters as the script is to have them: text, or what the header makes of it.
    var handedOver: [PackedValue.Pair] {
        values ?? parameters.map { .init($0.name, PackedValue($0.value)) }
    }
}
