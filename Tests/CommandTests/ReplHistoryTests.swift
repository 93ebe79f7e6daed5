// SPDX-License-Identifier: Apache-2.0
import Secrets
import Testing

@testable import Commands

struct ReplHistoryTests {
    @Test(arguments: [
        ("pve.vm(101)", true), ("x = 'known-secret-1'", false), ("password = 'x'", false),
        ("pve.set_config(nil, 101, { cipassword = \"x\" })", false), ("t[\"password\"] = 'x'", false),
        ("if password == x then end", true), ("print('the password is gone')", true), ("token_secret='a'", false),
        ("cluster: token: abc", false), ("pve.create{ Password = p }", false),
    ])
    func secretsAreNotKept(text: String, isKept: Bool) {
        let secrets = SecretBook()
        secrets.register("known-secret-1")
        #expect(ReplHistory.mayKeep(text, secrets) == isKept)
    }
}
