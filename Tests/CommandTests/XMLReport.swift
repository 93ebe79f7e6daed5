// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport

/// What a JUnit file holds, by Python's parser, which takes nothing that is not well-formed.
struct XMLReport: Decodable {
    var suites: [[String: String]]
    var cases: [[String: String]]
    var failures: Int

    private static let program = """
        import json, sys, xml.etree.ElementTree as tree
        root = tree.parse(sys.argv[1]).getroot()
        print(json.dumps({
          "suites": [s.attrib for s in root.iter("testsuite")],
          "cases": [c.attrib for c in root.iter("testcase")],
          "failures": len(list(root.iter("failure")))}))
        """

    static func read(_ file: URL) async throws -> XMLReport {
        let result = try await run(URL(fileURLWithPath: "/usr/bin/env"), ["python3", "-c", program, file.path])
        return try JSONDecoder().decode(XMLReport.self, from: Data(result.output.utf8))
    }
}
