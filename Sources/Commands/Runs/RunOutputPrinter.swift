// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Text

/// Prints what a run without a terminal has written, each stream to its own.
struct RunOutputPrinter: Sendable {
    let archive: any RunArchive
    let context: CommandContext

    /// How many pieces are read at a time.
    private static let pieces = 256

    /// Prints all there is.
    func print(_ run: String) async throws(Failure) -> ExitStatus {
        let writer = PieceWriter(context: context)
        var last = 0
        while true {
            let pieces = try await archive.output(of: run, after: last, limit: Self.pieces)
            for piece in pieces {
                last = piece.sequence
                guard writer.write(piece) else { throw .lostOutput }
            }
            if pieces.count < Self.pieces { return .done }
        }
    }
}

/// Writes a piece of a run's output to the stream it was meant for.
struct PieceWriter: Sendable {
    let context: CommandContext

    /// Writes it; a pipe gets the bytes as they are. False where standard output takes no more.
    func write(_ piece: OutputPiece) -> Bool {
        let descriptor: Int32 = piece.stream == 1 ? 1 : 2
        let isTerminal = descriptor == 1 ? context.isTerminal.output : context.isTerminal.error
        let bytes =
            isTerminal ? Array(TextCleaner.clean(bytes: piece.bytes, keeping: [.newlines, .tabs]).utf8) : piece.bytes
        return writeAll(descriptor, bytes) || descriptor != 1
    }
}
