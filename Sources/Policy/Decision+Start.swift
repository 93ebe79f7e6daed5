// SPDX-License-Identifier: Apache-2.0

extension Decision {
    /// The stricter of two words on one call: on its guests as they are, and as they were when the run began.
    ///
    /// - Parameter start: The word on what the guests were.
    public func stricter(atStart start: Decision) -> Decision {
        guard start.effect > effect else { return self }
        var result = start
        result.isAtStart = true
        return result
    }
}
