// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Model
internal import Proxmox

/// Keeps the last step of time whose TOTP code was used in a file, so that commands that follow or run beside each other do
/// not use one code twice; the number tells nobody anything.
struct FileCodeLedger: CodeLedger {
    let path: String
    /// Told before the first wait.
    let tells: Bool

    /// The ledger of a user of a cluster.
    init(_ user: String, on cluster: String, _ context: CommandContext) {
        let folder = PrivateStorage.folder(
            of: Locations(environment: context.environment, home: context.home).journal)
        let name = "\(FileName.escaped(cluster))-\(FileName.escaped(user, keeping: "@"))"
        self.init(path: "\(folder)/totp/\(name)", tells: context.isTerminal.error)
    }

    init(path: String, tells: Bool = false) {
        self.path = path
        self.tells = tells
    }

    /// The first unused step; without a file that can be written the present one, as if nobody else were there.
    func reserve(from present: Int64) -> Int64 {
        guard (try? PrivateStorage.makeFile(path)) != nil else { return present }
        let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return present }
        defer { close(file) }
        while flock(file, LOCK_EX) != 0 { guard errno == EINTR else { return present } }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        let last = Int64(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self))
        let step = MemoryCodeLedger.next(after: last, from: present)
        let text = Array(String(step).utf8)
        _ = ftruncate(file, 0)
        _ = pwrite(file, text, text.count, 0)
        if tells, step > present { writeError("this TOTP code was used already: waiting for the next one\n") }
        return step
    }
}
