// SPDX-License-Identifier: Apache-2.0
import JSON
import Secrets
import Testing
import Wire

@testable import Runbook

/// What comes into the book by a script's calls.
struct LearnedSecretTests {
    private static let secret = "h1dden-canary"

    private func book(after name: String, _ arguments: PackedValue...) -> SecretBook {
        let book = SecretBook()
        book.learn(from: NumberedCall(PackedValue.array([PackedValue(name), "job.lua:1"] + arguments).encoded()))
        return book
    }

    @Test func valuesUnderTheNamesOfSecretsAreLearned() {
        let secret = PackedValue(Self.secret)
        #expect(book(after: "api.put", "/x", ["cipassword": secret]).holds("no \(Self.secret) here"))
        #expect(book(after: "api.put", "/x", ["a": .array([["new-password": secret]])]).holds(Self.secret))
        #expect(book(after: "api.put", "/x", ["keys": .array([secret])]).holds(Self.secret))
    }

    @Test func otherValuesAreNot() {
        let secret = PackedValue(Self.secret)
        #expect(!book(after: "api.put", "/x", ["description": secret, "tokenid": secret]).holds(Self.secret))
        #expect(!book(after: "log", secret).holds(Self.secret))
        #expect(!book(after: "api.put", "/x", ["password": "short"]).holds("short"))
    }

    @Test func aNewTokenIsLearnedFromTheAnswer() {
        let book = SecretBook()
        book.learn(fromAccess: [
            "full-tokenid": "root@pam!abcdef", "value": .string(Self.secret), "info": ["privsep": 1],
        ])
        #expect(book.holds(Self.secret) && !book.holds("root@pam!abcdef"))
        book.learn(fromAccess: nil)
    }
}
