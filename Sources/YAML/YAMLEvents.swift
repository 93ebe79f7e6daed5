// SPDX-License-Identifier: Apache-2.0
internal import CYAML

/// One step of a document, with the place where it begins.
struct YAMLEvent {
    enum Kind {
        case documentStart, streamEnd, sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case scalar(String, quoted: Bool)
        /// Something this reader refuses, in words.
        case refused(String)
        /// Stream start and document end, which say nothing.
        case other
    }
    var kind: Kind
    var line: Int
    var column: Int
}

/// libyaml's parser over a copy of the bytes, which it owns.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let file: String
    private let ready: Bool

    init(_ bytes: [UInt8], file: String) {
        self.file = file
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        input = .allocate(capacity: bytes.count + 1)
        _ = input.initialize(from: bytes + [0])
        ready = yaml_parser_initialize(parser) == 1
        if ready {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        }
    }

    deinit {
        if ready { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLError) -> YAMLEvent {
        guard ready else { throw YAMLError(file: file, line: 1, column: 1, message: "out of memory") }
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { yaml_event_delete(&event) }
        let place = event.start_mark
        return YAMLEvent(kind: kind(of: event), line: Int(place.line) + 1, column: Int(place.column) + 1)
    }

    private func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .refused("aliases (`*name`) are not supported; write the value out")
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return refusal(anchor: start.anchor, tag: start.tag) ?? .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return refusal(anchor: start.anchor, tag: start.tag) ?? .mappingStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            if let refused = refusal(anchor: scalar.anchor, tag: scalar.tag) { return refused }
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(text, quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
        default: return .other
        }
    }

    private func refusal(anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?) -> YAMLEvent.Kind? {
        if anchor != nil { return .refused("anchors (`&name`) are not supported") }
        if tag != nil { return .refused("tags (`!name`) are not supported") }
        return nil
    }

    /// libyaml's message at the place it names; errors of the reader have an offset only.
    private func problem() -> YAMLError {
        let state = parser.pointee
        var message = state.problem.map { String(cString: $0) } ?? "the file cannot be parsed"
        if let context = state.context { message += " (\(String(cString: context)))" }
        var line = Int(state.problem_mark.line) + 1
        var column = Int(state.problem_mark.column) + 1
        if state.error == YAML_READER_ERROR {
            let before = input.prefix(min(Int(clamping: state.problem_offset), input.count))
            line = before.count { $0 == 0x0a } + 1
            column = before.reversed().prefix { $0 != 0x0a }.count + 1
        }
        return YAMLError(file: file, line: line, column: column, message: message)
    }
}
