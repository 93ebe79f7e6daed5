// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization

/// A terminal whose person is the test.
final class PseudoTerminal: @unchecked Sendable {
    let master: Int32
    let slave: Int32
    let path: String
    private var seen: [UInt8] = []
    private let isOpen = Mutex(true)

    struct Broken: Error {}

    init() throws {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 256)
        guard openpty(&master, &slave, &name, nil, nil) == 0 else { throw Broken() }
        self.master = master
        self.slave = slave
        path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        // A test whose terminal waits for what never comes shall fail, not hang.
        DispatchQueue.global().asyncAfter(deadline: .now() + 300) { [weak self] in self?.hangUp() }
    }

    deinit {
        hangUp()
        close(slave)
    }

    /// Ends the line, and with it whatever still reads from it.
    private func hangUp() {
        isOpen.withLock { isOpen in
            if isOpen { close(master) }
            isOpen = false
        }
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// Waits until the terminal has shown the text since the last wait; false where it does not within four minutes.
    func waits(for text: String) -> Bool {
        let wanted = Array(text.utf8)
        while true {
            if let range = Data(seen).range(of: Data(wanted)) {
                seen.removeFirst(range.upperBound)
                return true
            }
            var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&request, 1, 240_000) > 0 else { return false }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(master, &chunk, chunk.count)
            guard count > 0 else { return false }
            seen += chunk.prefix(count)
        }
    }

    var attributes: termios {
        var result = termios()
        tcgetattr(slave, &result)
        return result
    }
}
