// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model
internal import Terminal
internal import Text

/// Tells a person what becomes of a run: its output where it belongs, everything else on standard error.
struct TextFollowSink: FollowSink {
    let context: CommandContext
    let board: ProgressBoard
    let isQuiet: Bool
    let now: @Sendable () -> Double

    /// How many of the latest steps a line is set in columns with.
    private static let neighbours = 40

    func begins(_ detail: RunDetail) {
        let view = view(detail)
        tell(view.heading() + (detail.steps.isEmpty ? [] : [""] + table(detail).lines()))
    }

    func moved(_ steps: [StepRecord], in detail: RunDetail) {
        tell(table(detail).lines(of: steps, besides: Self.neighbours, withHeader: false))
    }

    func wrote(_ piece: OutputPiece) throws(Failure) {
        let written = board.around { PieceWriter(context: context).write(piece) }
        guard written else { throw .lostOutput }
    }

    func ends(_ detail: RunDetail) {
        let standing = detail.standing
        let style = context.errorStyle
        var line = "run \(detail.summary.shortID): " + standing.paint(style)(standing.word(detail.summary))
        if standing == .leftBehind { line += ": its process is gone, and it has no end" }
        tell([line] + view(detail).next().filter { !$0.isEmpty })
    }

    private func tell(_ lines: [String]) {
        guard !isQuiet else { return }
        board.around { writeError(lines.map { $0 + "\n" }.joined()) }
    }

    private func view(_ detail: RunDetail) -> RunView {
        RunView(detail: detail, now: now(), style: context.errorStyle, width: width)
    }

    private func table(_ detail: RunDetail) -> StepTable {
        StepTable(detail: detail, now: now(), style: context.errorStyle, width: width)
    }

    private var width: Int? { context.isTerminal.error ? windowWidth(2) : nil }
}

/// Tells a program what becomes of a run: one JSON object a line on standard output.
struct JSONFollowSink: FollowSink {
    let now: @Sendable () -> Double

    func begins(_ detail: RunDetail) throws(Failure) { try put("run", detail.json(now: now())) }

    func moved(_ steps: [StepRecord], in detail: RunDetail) throws(Failure) {
        for step in steps { try put("step", step.json()) }
    }

    func wrote(_ piece: OutputPiece) throws(Failure) {
        try put(
            "output",
            ["stream": JSONValue(piece.stream), "text": .string(String(decoding: piece.bytes, as: UTF8.self))])
    }

    func ends(_ detail: RunDetail) throws(Failure) { try put("end", .object(detail.summary.json(now: now()))) }

    private func put(_ name: String, _ value: JSONValue) throws(Failure) {
        try OutputFormat.json.write(json: .object(JSONObject([(name, value)])), text: "")
    }
}
