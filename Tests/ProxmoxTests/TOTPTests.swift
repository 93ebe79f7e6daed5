// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Testing

struct TOTPTests {
    /// RFC 6238, appendix B, with SHA-1; its codes have eight digits, of which six are the last.
    @Test(arguments: [
        (59.0, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func codesAreThoseOfTheStandard(time: Double, code: String) throws {
        let totp = try TOTP(base32: Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
        #expect(totp.code(step: TOTP.step(at: time)) == code)
    }

    @Test(arguments: [
        "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
        "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ",
    ])
    func theSecretMayBeWrittenInGroups(text: String) throws {
        #expect(try TOTP(base32: Secret(text)).code(step: 1) == "287082")
    }

    @Test(arguments: ["", "GEZDGNBV", "GEZDGNBVGY3TQOJ1GEZDGNBV", "123456", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ"])
    func whatIsNoSecretIsRefusedAndNotShown(text: String) {
        let failure = #expect(throws: Failure.self) { try TOTP(base32: Secret(text)) }
        #expect(failure?.kind == .config)
        if !text.isEmpty { #expect(failure.map { "\($0)".contains(text) } == false) }
    }

    @Test(arguments: [(29.9, Int64(0)), (30, 1), (-5, 0), (.nan, 0), (.infinity, 0)])
    func stepsTakeThirtySeconds(time: Double, step: Int64) { #expect(TOTP.step(at: time) == step) }
}
