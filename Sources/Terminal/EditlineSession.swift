// SPDX-License-Identifier: Apache-2.0
internal import CEditline
internal import Glibc

/// libedit on one terminal.
final class EditlineSession {
    private let editor: OpaquePointer
    private let list: OpaquePointer
    private let files: [UnsafeMutablePointer<FILE>]
    private var historyFile: String?
    private let completion: LineEditor.Completion?
    private let output: Int32
    private var prompt: UnsafeMutablePointer<CChar>?
    private var wasInterrupted = false

    /// Starts libedit, or makes nothing where it will not start; the caller then reads plainly.
    init?(input: Int32, output: Int32, terminal: String, history: String?, completion: LineEditor.Completion?) {
        // libedit tells characters from bytes by the C locale.
        setlocale(LC_CTYPE, "C.UTF-8")
        let copies = [(input, "r"), (output, "w"), (output, "w")].compactMap { descriptor, mode in
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
            return copy < 0 ? nil : fdopen(copy, mode)
        }
        guard copies.count == 3, let list = history_init() else {
            for file in copies { fclose(file) }
            return nil
        }
        guard let editor = el_init("pvelua", copies[0], copies[1], copies[2]) else {
            history_end(list)
            for file in copies { fclose(file) }
            return nil
        }
        files = copies
        self.list = list
        self.editor = editor
        self.output = output
        self.completion = completion
        historyFile = history.flatMap { Self.isPrivate($0) ? $0 : nil }
        configure(terminal: terminal)
    }

    deinit {
        el_end(editor)
        history_end(list)
        for file in files { fclose(file) }
        free(prompt)
    }

    private func configure(terminal: String) {
        // The session outlives libedit's use of the pointer: el_end is called in deinit.
        cel_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
        cel_set_terminal(editor, terminal)
        cel_set_signals(editor, 0)
        cel_set_prompt(editor) { editor in EditlineSession.of(editor)?.prompt }
        cel_history_size(list, 1000)
        cel_history_unique(list, 1)
        cel_use_history(editor, list)
        cel_set_editor(editor, "emacs")
        cel_add_function(editor, "pvelua-interrupt", "Drop the line") { editor, _ in
            EditlineSession.of(editor)?.wasInterrupted = true
            return UInt8(CC_EOF)
        }
        cel_add_function(editor, "pvelua-complete", "Complete the word") { editor, _ in
            EditlineSession.of(editor)?.complete() ?? UInt8(CC_ERROR)
        }
        cel_bind(editor, "^C", "pvelua-interrupt")
        cel_bind(editor, "^I", "pvelua-complete")
        cel_bind(editor, "^R", "em-inc-search-prev")
        cel_edit_without_signals(editor)
        if let historyFile { cel_history_load(list, historyFile) }
    }

    private static func of(_ editor: OpaquePointer?) -> EditlineSession? {
        guard let data = cel_client_data(editor) else { return nil }
        return Unmanaged<EditlineSession>.fromOpaque(data).takeUnretainedValue()
    }

    func read(prompt text: String, colour: LineEditor.Colour?) -> LineEditor.Line {
        free(prompt)
        prompt = strdup(colour.map { "\u{1}\u{1b}[\($0.rawValue)m\u{1}\(text)\u{1}\u{1b}[0m\u{1}" } ?? text)
        wasInterrupted = false
        el_resize(editor)
        cel_begin_editing(editor)
        var count: Int32 = 0
        guard let line = el_gets(editor, &count), count > 0 else {
            _ = write(output, "\n", 1)
            return wasInterrupted ? .interrupted : .end
        }
        let bytes = UnsafeRawBufferPointer(start: line, count: Int(count))
        return .text(String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self))
    }

    /// Goes on with the history of another file; nil keeps nothing.
    func use(history path: String?) {
        cel_history_clear(list)
        historyFile = path.flatMap { Self.isPrivate($0) ? $0 : nil }
        if let historyFile { cel_history_load(list, historyFile) }
    }

    func remember(_ line: String) {
        cel_history_enter(list, line)
        if let historyFile { cel_history_save(list, historyFile) }
    }

    private func complete() -> UInt8 {
        guard let completion, let state = el_line(editor)?.pointee, let start = state.buffer,
            let cursorEnd = state.cursor, let end = state.lastchar, start <= cursorEnd, cursorEnd <= end
        else { return UInt8(CC_ERROR) }
        let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
        let cursor = cursorEnd - start
        let candidates = completion(String(decoding: bytes, as: UTF8.self), cursor)
        switch CompletionStep(before: String(decoding: bytes.prefix(cursor), as: UTF8.self), candidates: candidates) {
        case .nothing: return UInt8(CC_REFRESH_BEEP)
        case .insert(let text): return UInt8(el_insertstr(editor, text) == 0 ? CC_REFRESH : CC_ERROR)
        case .list(let text):
            let bytes = Array("\n\(text)\n".utf8)
            _ = write(output, bytes, bytes.count)
            return UInt8(CC_REDISPLAY)
        }
    }

    /// Makes the file with mode 0600 where it is missing; a link or somebody else's file is not used.
    private static func isPrivate(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            return false
        }
        return fchmod(descriptor, 0o600) == 0
    }
}
