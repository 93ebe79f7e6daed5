// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Text

/// Prints what a run without a terminal has written, each stream to its own.
struct RunOutputPrinter: Sendable {
    let archive: any RunArchive
    let context: CommandContext

    private static let pieces = 256

    /// Prints all there is.
    func print(_ run: String) async throws(Failure) -> ExitStatus {
        var last = 0
        while try await print(run, after: &last) {}
        return .done
    }

    /// Prints what came after a piece; false where there is no more by now.
    ///
    /// - Parameter before: Called before anything is printed.
    func print(_ run: String, after last: inout Int, before: () -> Void = {}) async throws(Failure) -> Bool {
        let pieces = try await archive.output(of: run, after: last, limit: Self.pieces)
        guard !pieces.isEmpty else { return false }
        before()
        for piece in pieces {
            last = piece.sequence
            let descriptor: Int32 = piece.stream == 1 ? 1 : 2
            let isTerminal = descriptor == 1 ? context.isTerminal.output : context.isTerminal.error
            let bytes =
                isTerminal
                ? Array(TextCleaner.clean(bytes: piece.bytes, keeping: [.newlines, .tabs]).utf8) : piece.bytes
            if !writeAll(descriptor, bytes), descriptor == 1 { throw .lostOutput }
        }
        return true
    }
}
