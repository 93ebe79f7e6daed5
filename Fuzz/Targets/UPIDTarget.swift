// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// Stops the process, which libFuzzer takes for a finding and writes the input down.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// Names of tasks: what is read is what was written, and can stand in a path.
enum UPIDTarget {
    static func run(_ bytes: [UInt8]) -> Int32 {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let upid = UPID(text) else { return 0 }
        require(upid.description == text, "the text was altered")
        require(UPID(upid.description) == upid, "read again it is another")
        require((0...Int(UInt32.max)).contains(upid.startTime), "a start at \(upid.startTime)")
        require(upid.processStart < 1 << 36, "more than nine digits")
        let rest = [upid.type, upid.id, upid.user].joined(separator: ":")
        require(text.hasSuffix(":\(rest):"), "type, id and user are not the end")
        do {
            let path = try APIPath("nodes", upid.node.rawValue, "tasks", upid.description, "status")
            require(path.segments.count == 5, "it takes more than its own place in a path")
        } catch {
            fatalError("it cannot stand in a path: \(error)")
        }
        return 0
    }
}
