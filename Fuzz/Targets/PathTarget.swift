// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

@testable internal import Proxmox

/// Paths, queries and bodies of calls: what the server decodes is what was meant.
enum PathTarget {
    static func run(_ bytes: [UInt8]) -> Int32 {
        let text = String(decoding: bytes, as: UTF8.self)
        let encoded = PercentEncoding.encode(text)
        let isPlain = encoded.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "-._~%".utf8.contains(byte)
        }
        require(isPlain, "something that means something is left")
        require(decode(encoded) == Array(text.utf8), "decoded it is another")
        if let path = try? APIPath(parsing: text) {
            let parts = path.encoded.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            require(parts.map { decode(String($0)) } == path.segments.map { Array($0.utf8) }, "another path")
            require(!path.segments.contains { $0.isEmpty || $0 == "." || $0 == ".." }, "a way out")
        }
        guard let path = try? APIPath("x") else { return 0 }
        let query = APICall(.delete, path, [("a", .text(text)), ("b", .text("b"))])
        if let request = try? query.request(headers: [], timeout: .seconds(1)) {
            require(request.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }, "not fit for a request line")
            require(request.target == "/api2/json/x?a=\(encoded)&b=b", "another query")
        }
        let change = APICall(.post, path, [("a", .text(text))])
        if let request = try? change.request(headers: [], timeout: .seconds(1)), let body = request.body {
            let value = (try? JSONValue(parsing: body))?["a"]?.string
            require(value.map { Array($0.utf8) } == Array(text.utf8), "another body")
        }
        return 0
    }

    private static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            result.append(value)
            rest = rest.dropFirst(2)
        }
        return result
    }
}
