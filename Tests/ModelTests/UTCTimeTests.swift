// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

struct UTCTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2026-11-22T18:00:00Z", 1_795_370_400), ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func `moments read back as they were written`(text: String, seconds: Double) {
        #expect(UTCTime.text(seconds) == text)
        #expect(UTCTime.seconds(text) == seconds)
    }

    @Test func `a day begins at midnight`() {
        #expect(UTCTime.seconds("2026-12-01") == UTCTime.seconds("2026-12-01T00:00:00Z"))
    }

    @Test(arguments: [
        "", "2026-13-01", "2026-02-30", "2026-12-01T24:00:00Z", "2026-12-01T00:00:00", "2026-12-01 00:00:00",
        "1.12.2026", "2026-12-1T00:00:00Z", "+026-12-01T00:00:00Z", "2026T12-01:00-00:00Z",
    ])
    func `what is no moment is none`(text: String) { #expect(UTCTime.seconds(text) == nil) }

    @Test func `what no calendar holds becomes the nearest that it does`() {
        #expect(UTCTime.text(-5) == "1970-01-01T00:00:00Z")
        #expect(UTCTime.text(1e300) == "9999-12-31T23:59:59Z")
        #expect(UTCTime.text(.nan) == "1970-01-01T00:00:00Z")
    }
}
