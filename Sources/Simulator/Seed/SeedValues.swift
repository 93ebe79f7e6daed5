// SPDX-License-Identifier: Apache-2.0
internal import YAML

/// Values that a cluster's description writes as text.
enum SeedValues {
    static func texts(_ node: YAMLNode) throws(YAMLError) -> [String] {
        var result: [String] = []
        for element in try node.elements() { result.append(try element.text()) }
        return result
    }

    /// Bytes from `64G`.
    static func size(_ node: YAMLNode) throws(YAMLError) -> Int {
        guard let size = DiskSize.parse(try node.text()), size > 0 else {
            throw node.error("expected a size such as 64G")
        }
        return size
    }

    /// Seconds since 1970 from `2026-11-20T01:00:00Z`.
    static func time(_ node: YAMLNode) throws(YAMLError) -> Double {
        let text = try node.text()
        let numbers = text.split(whereSeparator: { "-T:Z".contains($0) }).map { Int($0) ?? -1 }
        guard text.hasSuffix("Z"), numbers.count == 6, numbers.allSatisfy({ (0...9999).contains($0) }),
            (1...12).contains(numbers[1])
        else { throw node.error("expected a time such as 2026-11-20T01:00:00Z") }
        // Days from a date in the Gregorian calendar, with years that begin in March.
        let year = numbers[1] <= 2 ? numbers[0] - 1 : numbers[0]
        let month = (numbers[1] + 9) % 12
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + numbers[2] - 1 - 719_468
        return Double(days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
    }

    static func makeTemplate(_ guest: inout SimulatedGuest) {
        guest.config["template"] = "1"
        for key in guest.config.keys where GuestOptions.isDisk(key) {
            guest.config[key] = guest.config[key]?.replacing("vm-\(guest.vmid)-", with: "base-\(guest.vmid)-")
        }
    }
}
