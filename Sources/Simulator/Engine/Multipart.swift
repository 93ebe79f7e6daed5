// SPDX-License-Identifier: Apache-2.0
internal import Proxmox

/// The body of an upload: fields, and one file (PVE::APIServer::AnyEvent, `file_upload_multipart`).
struct Multipart: Sendable {
    /// The file, as far as anybody asks about it.
    struct File: Sendable, Hashable {
        var size: Int
        /// Where the server kept it meanwhile.
        var path: String
    }

    private(set) var values: [String: String] = [:]
    private(set) var order: [String] = []
    private(set) var file: File?

    /// What separates the parts, where the request has any.
    static func boundary(_ request: HTTPRequest) -> String? {
        let type = request.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else { return nil }
        let fields = type.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let field = fields.first(where: { $0.lowercased().hasPrefix("boundary=") }) else { return nil }
        let text = field.dropFirst(9).filter { $0 != "\"" }
        return text.isEmpty ? nil : String(text)
    }

    /// Takes the body apart, or is nil where it does not end as it should.
    init?(_ body: [UInt8], boundary: String) {
        let mark = Array("--\(boundary)".utf8)
        var places = Self.places(of: mark, in: body)[...]
        guard var begin = places.popFirst() else { return nil }
        var ended = false
        while let end = places.popFirst() {
            add(body[(begin + mark.count)..<end])
            begin = end
            ended = body[(end + mark.count)...].starts(with: [45, 45])
        }
        if !ended { return nil }
    }

    private static func places(of mark: [UInt8], in body: [UInt8]) -> [Int] {
        var result: [Int] = []
        var index = 0
        while index + mark.count <= body.count {
            if body[index] == 45, body[index..<(index + mark.count)].elementsEqual(mark) {
                result.append(index)
                index += mark.count
            } else {
                index += 1
            }
        }
        return result
    }

    /// One part: a line end, header fields, an empty line, the content, a line end.
    private mutating func add(_ part: ArraySlice<UInt8>) {
        let empty: [UInt8] = [13, 10, 13, 10]
        let indices = part.indices.dropLast(3)
        guard let gap = indices.first(where: { part[$0] == 13 && part[$0..<($0 + 4)].elementsEqual(empty) }) else {
            return
        }
        let head = String(decoding: part[..<gap], as: UTF8.self)
        let content = part[(gap + 4)...].dropLast(2)
        guard let name = Self.attribute("name", head) else { return }
        if values[name] == nil { order.append(name) }
        guard let fileName = Self.attribute("filename", head) else {
            values[name] = String(decoding: content, as: UTF8.self)
            return
        }
        values[name] = fileName
        let hash = FNV.hex(FNV.hash(fileName), digits: 16) + FNV.hex(FNV.hash("\(content.count)"), digits: 16)
        file = File(size: content.count, path: "/var/tmp/pveupload-\(hash)")
    }

    private static func attribute(_ name: String, _ head: String) -> String? {
        for field in head.split(whereSeparator: { ";\r\n".contains($0) }) {
            let words = field.drop { $0 == " " }
            guard words.hasPrefix("\(name)=") else { continue }
            return String(words.dropFirst(name.count + 1).filter { $0 != "\"" })
        }
        return nil
    }
}
