// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Hashing
internal import Model
internal import Plan
internal import Policy
internal import Proxmox
internal import Runbook
internal import Text

/// Whether a plan still holds, before anybody is asked and anything is sent.
struct PlanChecks {
    let plan: Plan
    private static let again = "plan again: pvelua plan FILE"

    /// What the plan says of itself.
    func content(now: Double, caller: Caller) throws(Failure) {
        if plan.partial != nil {
            throw stale("the plan is partial: what comes after its end is not known, so it cannot be applied")
        }
        if let failure = plan.failure {
            throw stale("the plan cannot be applied: its script failed when it was planned (\(failure))")
        }
        guard plan.policy.demand == plan.strictestEffect else {
            throw stale("the plan does not say what its operations demand")
        }
        guard plan.operations.enumerated().allSatisfy({ $1.number == $0 + 1 }) else {
            throw stale("the plan's operations are not numbered as they stand")
        }
        guard plan.created <= Int(now) + 60 else {
            throw stale("the plan was made in the future, at \(TimeText.moment(plan.created))")
        }
        guard plan.expires - plan.created <= Int(TimeSpan.longest) else {
            throw stale("the plan would hold for longer than \(TimeText.span(Int(TimeSpan.longest))), which none does")
        }
        guard Int(now) < plan.expires else {
            throw stale("the plan has expired, at \(TimeText.moment(plan.expires))")
        }
        guard caller <= plan.caller else {
            throw stale("the plan was made for \(plan.caller.rawValue), and \(caller.rawValue) is trusted less")
        }
    }

    /// The script and its modules.
    func sources(_ source: PlanSource, _ finder: ModuleFinder) throws(Failure) {
        guard source.binding.sha256 == plan.script.sha256 else {
            throw stale("the script \(source.path) was changed since the plan was made")
        }
        for module in plan.modules {
            let found = try? finder.find(Self.moduleName(module.name))
            guard let found, found.name == "@" + module.name, ContentHash.sha256(found.source) == module.sha256 else {
                throw stale("the module \(module.name) was changed since the plan was made")
            }
        }
    }

    /// `lib.power` for `lib/power.lua`.
    private static func moduleName(_ file: String) -> String {
        file.split(separator: "/").joined(separator: ".").replacingSuffix(".lua")
    }

    /// The parameters, where they are given again.
    func parameters(_ given: [(name: String, value: String)]) throws(Failure) {
        for sealed in plan.parameters where sealed.isSealed && !given.contains(where: { $0.name == sealed.name }) {
            throw Failure(
                .usage, "the parameter \(sealed.name) is a secret, which no plan holds; nothing was sent",
                hint: "give it again: --param \(sealed.name)=…")
        }
        let same = given.allSatisfy { given in
            plan.parameters.contains { $0.name == given.name && $0.admits(given.value, nonce: plan.nonce) }
        }
        guard same else {
            throw stale(
                "the parameters are others than those of the plan",
                hint: "leave --param out, but for secrets: a plan is applied with its own")
        }
    }

    /// The cluster.
    func cluster(_ name: String, fingerprint: String) throws(Failure) {
        guard name == plan.cluster.name else {
            throw stale("the plan is for cluster \(plan.cluster.name), not for \(name)")
        }
        guard fingerprint == plan.cluster.fingerprint else {
            throw stale("\(name) is another cluster than the one that the plan was made for")
        }
    }

    /// The other clusters that it changes.
    ///
    /// - Parameter open: The way to one of them.
    func clusters(_ open: (String) async throws(Failure) -> ProxmoxClient) async throws(Failure) {
        guard plan.clusters.map(\.name) == plan.otherClusters else {
            throw stale("the plan does not say which clusters it changes")
        }
        for other in plan.clusters {
            guard try await open(other.name).clusterFingerprint() == other.fingerprint else {
                throw stale("\(other.name) is another cluster than the one that the plan was made for")
            }
        }
    }

    /// The policy.
    func policy(_ fingerprint: String) throws(Failure) {
        guard fingerprint == plan.policy.sha256 else {
            throw stale("the policy was changed since the plan was made")
        }
    }

    /// What was applied before.
    static func used(by run: String) -> Failure {
        Failure(
            .planDiverged, "the plan was applied before, by run \(run); a plan is used once; nothing was sent",
            hint: "if that run did not come to its end, look at its guests first; then \(again)")
    }

    private func stale(_ text: String, hint: String = again) -> Failure {
        Failure(.planDiverged, text + "; nothing was sent", hint: hint)
    }
}

extension String {
    /// The same without an ending.
    fileprivate func replacingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
