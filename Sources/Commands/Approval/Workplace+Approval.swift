// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Plan
internal import Policy

extension Workplace {
    /// What policy says about approvals.
    func approvalTerms() throws(Failure) -> ApprovalTerms {
        let inForce = try policyInForce(try configuration())
        return ApprovalTerms(
            inForce.policy.approval, isOfCeiling: inForce.ceiling?.policy.approval.signers != nil, home: context.home)
    }
}

extension ApprovalTerms {
    /// The same as policy writes it.
    ///
    /// - Parameter isOfCeiling: Whether the machine's ceiling names the signers, who then are root's to choose.
    init(_ rules: ApprovalRules, isOfCeiling: Bool, home: String) {
        self.init(
            signers: rules.signers.map {
                SignersFile(path: Locations.expand($0, home: home), isOfCeiling: isOfCeiling)
            },
            count: rules.count, own: rules.own == .never ? .never : .agents, lifetime: rules.expires)
    }
}
