// SPDX-License-Identifier: Apache-2.0
import Configuration
import Model
import Testing

struct TokenReplacementTests {
    private func replaced(_ text: String, _ name: String = "lab") throws -> String {
        try TokenReplacement.replace(
            in: text, file: "config.yaml", home: "/home/a", cluster: name, tokenID: "a@pve!tk-2", secretFile: "/s/new")
    }

    /// How `auth` may be written, and how it is written then.
    @Test(arguments: [
        (
            "{ token_id: a@pve!tk, token_secret: { file: ~/t } }",
            "{ token_id: \"a@pve!tk-2\", token_secret: { file: \"/s/new\" } }"
        ),
        (
            "{ token_secret: { file: '/t' }, token_id: \"a@pve!tk\" }  # why",
            "{ token_secret: { file: \"/s/new\" }, token_id: \"a@pve!tk-2\" }  # why"
        ),
        (
            "\n      token_id: a@pve!tk   # a@pve!tk\n      token_secret:\n        file: /t",
            "\n      token_id: \"a@pve!tk-2\"   # a@pve!tk\n      token_secret:\n        file: \"/s/new\""
        ),
    ])
    func theTokenAndItsFileAreReplacedAndNothingElse(auth: String, expected: String) throws {
        let frame = { (auth: String) in
            """
            version: 1
            # a@pve!tk is used twice
            clusters:
              other: { hosts: [b], auth: { token_id: a@pve!tk, token_secret: { file: /t } } }
              lab:
                hosts: [a, c]   # Grüße
                auth: \(auth)
            default_cluster: other

            """
        }
        #expect(try replaced(frame(auth)) == frame(expected))
    }

    @Test func aWindowsLineEndStays() throws {
        let text =
            "version: 1\r\nclusters:\r\n  lab:\r\n    hosts: [a]\r\n    auth:\r\n      token_id: a@pve!tk\r\n      token_secret: { file: /t }\r\n"
        let result = try replaced(text)
        #expect(result.utf8.count(where: { $0 == 13 }) == text.utf8.count(where: { $0 == 13 }))
        #expect(
            try ConfigurationFile.parse(result, file: "c", home: "/").cluster(named: "lab")?.auth.identity
                == "a@pve!tk-2")
    }

    /// What is not changed by itself is told with what to write.
    @Test(arguments: [
        "version: 1\nclusters: { lab: { hosts: [a], auth: { token_id: a@pve!tk, token_secret: { env: X } } } }\n",
        "version: 1\nclusters: { lab: { hosts: [a], auth: { token_id: \"a\\u0040pve!tk\", token_secret: { file: /t } } } }\n",
        "version: 1\nclusters: { other: { hosts: [a], auth: { token_id: a@pve!tk, token_secret: { file: /t } } } }\n",
        "version: 1\nclusters: { lab: { hosts: [a], auth: { user: a@pve, password: { file: /t } } } }\n",
    ])
    func aFormThatCannotBeChangedIsLeftToThePerson(text: String) {
        do {
            let result = try replaced(text)
            Issue.record("became \(result)")
        } catch {
            let failure = error as? Failure
            #expect(failure?.kind == .config)
            #expect(failure?.hint?.contains("by hand") == true)
        }
    }

    @Test func aFileThatIsWrongAlreadyIsNotTouched() {
        #expect(throws: Failure.self) { try replaced("version: 1\nclusters: [") }
    }
}
