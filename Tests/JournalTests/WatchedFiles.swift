// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import Synchronization

/// SQLite's own files with somebody who watches: which are synced, and each moment at which one was written to.
enum WatchedFiles {
    private struct Book {
        var isInstalled = false
        var copies: [UInt: UInt] = [:]
        var originals: [UInt: UInt] = [:]
        var names: [UInt: String] = [:]
        var watchers: [String: @Sendable (String, Bool) -> Void] = [:]
    }

    private static let book = Mutex(Book())

    /// Tells of each write (false) and each sync (true) of files whose name begins so; files opened from now on.
    static func watch(_ prefix: String, _ watcher: @escaping @Sendable (String, Bool) -> Void) {
        book.withLock { book in
            book.watchers[prefix] = watcher
            guard !book.isInstalled, let unix = sqlite3_vfs_find("unix") else { return }
            book.isInstalled = true
            let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
            vfs.initialize(to: unix.pointee)
            vfs.pointee.pNext = nil
            vfs.pointee.zName = UnsafePointer(strdup("watched"))
            vfs.pointee.xOpen = { vfs, name, file, flags, out in
                guard let unix = sqlite3_vfs_find("unix"), let open = unix.pointee.xOpen else { return SQLITE_ERROR }
                let code = open(vfs, name, file, flags, out)
                if code == SQLITE_OK, let file, let name { WatchedFiles.adopt(file, String(cString: name)) }
                return code
            }
            sqlite3_vfs_register(vfs, 1)
        }
    }

    private static func adopt(_ file: UnsafeMutablePointer<sqlite3_file>, _ name: String) {
        guard let methods = file.pointee.pMethods else { return }
        let copy = book.withLock { book -> UInt in
            book.names[UInt(bitPattern: file)] = name
            let key = UInt(bitPattern: methods)
            if let known = book.copies[key] { return known }
            let new = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
            new.initialize(to: methods.pointee)
            new.pointee.xSync = { file, flags in
                guard let file, let original = WatchedFiles.original(file) else { return SQLITE_ERROR }
                let code = original.pointee.xSync(file, flags)
                WatchedFiles.tell(file, true)
                return code
            }
            new.pointee.xWrite = { file, bytes, count, offset in
                guard let file, let original = WatchedFiles.original(file) else { return SQLITE_ERROR }
                let code = original.pointee.xWrite(file, bytes, count, offset)
                WatchedFiles.tell(file, false)
                return code
            }
            book.copies[key] = UInt(bitPattern: new)
            book.originals[UInt(bitPattern: new)] = key
            return UInt(bitPattern: new)
        }
        file.pointee.pMethods = UnsafePointer(bitPattern: copy)
    }

    private static func original(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafePointer<sqlite3_io_methods>? {
        let key = UInt(bitPattern: file.pointee.pMethods)
        return book.withLock { $0.originals[key] }.flatMap { UnsafePointer(bitPattern: $0) }
    }

    private static func tell(_ file: UnsafeMutablePointer<sqlite3_file>, _ isSync: Bool) {
        let (name, watchers) = book.withLock { ($0.names[UInt(bitPattern: file)] ?? "", $0.watchers) }
        for (prefix, watcher) in watchers where name.hasPrefix(prefix) { watcher(name, isSync) }
    }
}
