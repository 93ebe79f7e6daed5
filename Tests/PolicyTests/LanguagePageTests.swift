// SPDX-License-Identifier: Apache-2.0
import Foundation
import Policy
import Testing

/// The examples of the pages about policies.
struct LanguagePageTests {
    @Test(arguments: [("policy-language.md", 3), ("limits.md", 1)])
    func everyExampleIsAPolicy(file: String, least: Int) throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/\(file)")
        let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```yaml\n").dropFirst()
        #expect(blocks.count >= least)
        for block in blocks {
            let yaml = block.components(separatedBy: "```").first ?? ""
            #expect(!(try PolicySet.load(yaml: yaml, file: file).rules.isEmpty))
        }
    }
}
