// SPDX-License-Identifier: Apache-2.0

/// Builds nodes from events, refusing what ``YAMLDocument`` says it refuses.
struct YAMLComposer {
    let events: YAMLEvents
    let file: String

    mutating func document() throws(YAMLError) -> YAMLNode {
        var event = try nextMeaningful()
        guard case .documentStart = event.kind else {
            return YAMLNode(.scalar("", quoted: false), file: file, line: 1, column: 1)
        }
        event = try nextMeaningful()
        let root = try node(from: event, depth: 0)
        let end = try nextMeaningful()
        guard case .streamEnd = end.kind else { throw error(end, "the file holds more than one document") }
        return root
    }

    private func node(from event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= YAMLDocument.maximumDepth else {
            throw error(event, "nested deeper than \(YAMLDocument.maximumDepth) levels")
        }
        let kind: YAMLNode.Kind
        switch event.kind {
        case .scalar(let text, let quoted):
            // A C function would see the text end there.
            guard !text.utf8.contains(0) else { throw error(event, "text must not hold a NUL") }
            kind = .scalar(text, quoted: quoted)
        case .sequenceStart: kind = .sequence(try elements(depth: depth + 1))
        case .mappingStart: kind = .mapping(try members(depth: depth + 1))
        case .refused(let message): throw error(event, message)
        default: throw error(event, "the file ends too early")
        }
        return YAMLNode(kind, file: file, line: event.line, column: event.column)
    }

    private func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var result: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return result }
            result.append(try node(from: event, depth: depth))
        }
    }

    private func members(depth: Int) throws(YAMLError) -> [YAMLNode.Member] {
        var result: [YAMLNode.Member] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return result }
            let key = try node(from: event, depth: depth)
            guard let name = key.scalar else { throw key.error("a key must be plain text") }
            if let line = lines[name] { throw key.error("the key `\(name)` stands twice, first in line \(line)") }
            lines[name] = key.line
            result.append((key, try node(from: try events.next(), depth: depth)))
        }
    }

    /// The next event that is more than a marker.
    private func nextMeaningful() throws(YAMLError) -> YAMLEvent {
        while true {
            let event = try events.next()
            if case .other = event.kind { continue }
            return event
        }
    }

    private func error(_ event: YAMLEvent, _ message: String) -> YAMLError {
        YAMLError(file: file, line: event.line, column: event.column, message: message)
    }
}
