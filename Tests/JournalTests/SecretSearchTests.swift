// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Journal

/// What may not be kept is found wherever it stands in an answer.
struct SecretSearchTests {
    private func isFound(in value: JSONValue) -> Bool {
        var search = SecretSearch()
        return search.finds(in: value)
    }

    private static let harmless: [JSONValue] = [
        ["config": ["cipassword": "**********", "name": "web"], "list": [["password": "***"]]], "plain", 5, .null, [],
        ["password": .string(Redaction.mark)], ["note": "password=***"],
        ["tokenid": "a@pve!b", "tokens": [["name": "x"]]],
    ]
    private static let secret: [JSONValue] = [
        ["cipassword": "*x*"], ["a": [["password": ""]]], ["passWORD": 5], ["x": "user=a,password=b"],
        ["a": ["ftp://me:word@host/"]], ["client-key": "k"], ["Authorization": "x"], ["PRIVATE_thing": .null],
    ]

    @Test(arguments: harmless)
    func whatIsHarmlessMayBeKept(value: JSONValue) {
        #expect(!isFound(in: value))
    }

    @Test(arguments: secret)
    func whatIsSecretMayNot(value: JSONValue) {
        #expect(isFound(in: value))
    }

    /// What is remembered of names misleads nobody.
    @Test func everyRecordOfAListIsLookedAt() {
        for bad in Self.secret {
            let records: [JSONValue] = [
                ["a": 1, "b": ["c": 2, "d": 3], "e": 4], ["a": 1, "e": 4], ["e": 1, "a": 2, "b": 3],
            ]
            for place in 0...records.count {
                var list = records
                list.insert(bad, at: place)
                #expect(isFound(in: .array(list)), "\(bad.text) at \(place)")
            }
            #expect(!isFound(in: .array(records + records)))
        }
    }
}
