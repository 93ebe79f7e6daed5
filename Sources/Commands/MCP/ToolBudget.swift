// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import MCP
internal import Text

/// Cuts an answer to what a model wants to read, and says how to get the rest.
struct ToolBudget {
    /// The most bytes of the part that may be long.
    let bytes: Int
    /// Where in it to begin: an element of a list, or a byte of a text.
    let offset: Int

    static let parameters = [
        ToolParameter("max_bytes", .whole(1000...262_144), "Default 16000."),
        ToolParameter("offset", .whole(0...Int64(Int32.max)), "The `next` of the answer before."),
    ]

    init(_ arguments: JSONObject) {
        bytes = arguments["max_bytes"].flatMap(Self.whole) ?? 16_000
        offset = arguments["offset"].flatMap(Self.whole) ?? 0
    }

    static func whole(_ value: JSONValue) -> Int? {
        if case .integer(let number) = value { Int(exactly: number) } else { nil }
    }

    /// As many elements as fit, at least one; and the offset of the next, where there is more.
    func cut(_ list: [JSONValue]) -> (shown: [JSONValue], next: Int?) {
        var (shown, size) = ([JSONValue](), 0)
        for element in list.dropFirst(offset) {
            size += element.encoded().count
            if size > bytes, !shown.isEmpty { break }
            shown.append(element)
        }
        let end = min(offset, list.count) + shown.count
        return (shown, end < list.count ? end : nil)
    }

    /// A part of a text, whole characters only; what is JSON stays JSON.
    func cut(_ given: [UInt8]) -> (shown: String, next: Int?) {
        var text = given
        if let whole = String(validating: given, as: UTF8.self), (try? JSONValue(parsing: whole)) != nil {
            text = Array(TextCleaner.clean(json: whole).utf8)
        }
        var start = min(offset, text.count)
        while start < text.count, text[start] & 0xc0 == 0x80 { start += 1 }
        var end = min(start + bytes, text.count)
        while end > start, end < text.count, text[end] & 0xc0 == 0x80 { end -= 1 }
        return (
            TextCleaner.clean(bytes: text[start..<end], keeping: [.newlines, .tabs]), end < text.count ? end : nil
        )
    }
}
