// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Journal
internal import Model
internal import Text

/// The system's log, which journald or a syslog daemon keeps: one datagram a row, as syslog(3) sends it, facility `authpriv`.
///
/// Not by syslog(3) itself, which tells nobody when there is no log, and may wait for one that hangs.
struct SystemLog {
    /// Where the log listens.
    var path = "/dev/log"
    /// `authpriv.notice`.
    private static let priority = 10 << 3 | 5
    /// What every syslog takes.
    private static let longest = 1000

    /// Sends rows.
    func send(_ rows: [AuditRow]) throws(Failure) {
        let channel = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard channel >= 0 else { throw Self.failure() }
        defer { close(channel) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let isShort = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard isShort else { throw Failure(.config, "\(path) is too long a path") }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(channel, $0, size) }
        }
        guard connected == 0 else { throw Self.failure() }
        for row in rows {
            let line = Array(Self.line(row, now: WallTime.seconds()).utf8)
            guard Glibc.send(channel, line, line.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0
            else { throw Self.failure() }
        }
    }

    /// The line of a row: its number and hash first, as they are what it is for.
    static func line(_ row: AuditRow, now: Double) -> String {
        var text = "audit \(row.sequence) \(row.hash) \(row.kind) account=\(row.account)"
        if let run = row.run { text += " run=\(run)" }
        if let step = row.step { text += " step=\(step)" }
        if let cluster = row.cluster { text += " cluster=\(cluster)" }
        text = TextCleaner.clean(text + ": " + AuditSummary(row).text)
        var head = "<\(priority)>\(moment(now)) pvelua[\(getpid())]: "
        for character in text {
            guard head.utf8.count + character.utf8.count <= longest else { break }
            head.append(character)
        }
        return head
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func moment(_ seconds: Double) -> String {
        var (time, parts) = (time_t(seconds), tm())
        localtime_r(&time, &parts)
        func two(_ number: Int32, _ padding: String = "0") -> String { (number < 10 ? padding : "") + String(number) }
        let month = months.indices.contains(Int(parts.tm_mon)) ? months[Int(parts.tm_mon)] : "Jan"
        return "\(month) \(two(parts.tm_mday, " ")) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }

    private static func failure() -> Failure { Failure(.config, String(cString: strerror(errno))) }
}
