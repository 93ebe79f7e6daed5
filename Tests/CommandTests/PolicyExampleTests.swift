// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import Policy
import TestSupport
import Testing

/// The policies of examples/policies, tried with the cases that stand beside them.
struct PolicyExampleTests {
    private static let folder = Places.repository.appendingPathComponent("examples/policies")

    private static func files(_ suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted()
    }

    private static var policies: [String] { files(".yaml").filter { !$0.hasSuffix(".test.yaml") } }

    @Test func everyPolicyHasItsCases() {
        #expect(Self.policies == ["agents-allowed.yaml", "home-lab.yaml", "small-team.yaml"])
        #expect(Self.files(".test.yaml").map { $0.replacing(".test.yaml", with: ".yaml") } == Self.policies)
    }

    @Test func theCasesAreAsExpected() async throws {
        let files = Self.files(".test.yaml").map { "examples/policies/" + $0 }
        let result = try await CommandLineRunner().pvelua(["policy", "test"] + files)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("all as expected\n"))
    }

    @Test(arguments: policies)
    func itIsSoundAsAnOwnPolicy(name: String) async throws {
        let result = try await CommandLineRunner().pvelua("policy", "check", "examples/policies/\(name)")
        #expect(result.status == 0, "\(result.errors)")
    }

    /// A rule that no case is decided by is one that nobody has tried.
    @Test(arguments: policies)
    func everyRuleDecidesACase(name: String) throws {
        func text(_ name: String) throws -> String {
            try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        }
        let policy = try PolicySet.load(yaml: try text(name), file: name)
        let cases = try PolicyCaseFile.load(yaml: try text(name.replacing(".yaml", with: ".test.yaml")), file: name)
        let decisive = Set(cases.cases.compactMap { policy.evaluate($0.question).rule })
        let untried = policy.rules.map(\.id).filter { !decisive.contains($0) }
        #expect(untried.isEmpty, "\(name): \(untried)")
    }
}
