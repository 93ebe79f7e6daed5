// SPDX-License-Identifier: Apache-2.0
internal import Text
internal import YAML

extension PolicyFile {
    /// Reads a time window.
    func window(_ node: YAMLNode) throws(YAMLError) -> TimeWindow {
        let reader = try YAMLReader(node, of: "during", keys: ["days", "from", "to", "zone"])
        let zone = try reader.required("zone")
        var days = Set(0..<7)
        var texts: [String] = []
        if let written = reader.optional("days") {
            days = []
            let list: [YAMLNode]
            if case .sequence = written.kind { list = try nonEmpty(written) } else { list = [written] }
            for element in list {
                days.formUnion(try self.days(element))
                texts.append(try element.text())
            }
        }
        var hours: (from: Int, to: Int)?
        switch (reader.optional("from"), reader.optional("to")) {
        case (nil, nil): break
        case (let from?, let to?):
            let (start, end) = (try hour(from), try hour(to))
            guard start != end, start < 86_400 else {
                throw to.error("a window must not end when it begins; leave `from` and `to` out for the whole day")
            }
            hours = (start, end)
            texts.append("\(try from.text())-\(try to.text())")
        case (let from?, nil): throw from.error("a window with `from` needs `to`")
        case (nil, let to?): throw to.error("a window with `to` needs `from`")
        }
        guard !texts.isEmpty else { throw node.error("during must name days, or from and to") }
        texts.append(try zone.text())
        return TimeWindow(days: days, hours: hours, zone: try rules(of: zone), text: texts.joined(separator: " "))
    }

    /// Reads `mon` or `fri-mon`.
    private func days(_ node: YAMLNode) throws(YAMLError) -> Set<Int> {
        let text = try node.text()
        let ends = text.lowercased().split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        var numbers: [Int] = []
        for end in ends {
            guard let number = TimeWindow.days.firstIndex(of: end) else {
                let hint =
                    Spelling.suggestion(for: end, among: TimeWindow.days)
                    ?? "days are \(TimeWindow.days.joined(separator: ", ")), and ranges such as mon-fri"
                throw node.error("unknown day `\(text)`; \(hint)")
            }
            numbers.append(number)
        }
        guard numbers.count <= 2, let first = numbers.first, let last = numbers.last else {
            throw node.error("expected a day or a range such as mon-fri, found `\(text)`")
        }
        let length = (last - first + 7) % 7
        return Set((0...length).map { (first + $0) % 7 })
    }

    /// Reads `22:00` as seconds after midnight; `24:00` is the end of the day.
    private func hour(_ node: YAMLNode) throws(YAMLError) -> Int {
        let text = try node.text()
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isFormed =
            parts.count == 2
            && parts.allSatisfy { part in
                part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
        guard isFormed, let hour = parts.first.flatMap({ Int($0) }), let minute = parts.last.flatMap({ Int($0) }),
            minute < 60, hour < 24 || hour == 24 && minute == 0
        else { throw node.error("expected a time of day such as \"22:00\", found `\(text)`") }
        return hour * 3600 + minute * 60
    }

    private func rules(of node: YAMLNode) throws(YAMLError) -> TimeZoneRules {
        let name = try node.text()
        if let offset = TimeZoneRules.fixedOffset(name) { return .fixed(offset) }
        guard ZoneSource.isName(name) else {
            throw node.error("expected a zone such as Europe/Berlin, UTC or \"+02:00\", found `\(name)`")
        }
        guard let bytes = zones.bytes(name) else {
            let hint = Spelling.suggestion(for: name, among: zones.names()).map { "; \($0)" } ?? ""
            throw node.error("this machine knows no time zone `\(name)`\(hint)")
        }
        guard let rules = TimeZoneFile.read(bytes) else {
            throw node.error("the machine's file of the time zone `\(name)` cannot be understood")
        }
        return rules
    }
}
