// SPDX-License-Identifier: Apache-2.0
import Model
import Proxmox
import Synchronization
import Terminal
import Testing

@testable import Commands

/// What is written to standard error while tasks run.
struct ProgressBoardTests {
    private final class Screen: Sendable {
        let text = Mutex("")
        let columns = Mutex(80)
        func take() -> String {
            text.withLock { text in
                defer { text = "" }
                return text
            }
        }
    }

    private let screen = Screen()

    private func board(isLive: Bool = true, rows: Int = 24) -> ProgressBoard {
        ProgressBoard(
            isLive: isLive, style: Style(isEnabled: false),
            window: { [screen] in (screen.columns.withLock { $0 }, rows) },
            put: { [screen] text in screen.text.withLock { $0 += text } })
    }

    private func look(_ vmid: Int, _ seconds: Int, line: String? = nil) throws -> TaskProgress {
        var progress = TaskProgress(
            upid: try #require(UPID("UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:\(vmid):root@pam:")),
            elapsed: .seconds(seconds))
        progress.figures.line = line
        return progress
    }

    @Test func eachTaskHasALineAndTheLinesAreDrawnInPlace() throws {
        let board = board()
        board.show(try look(100, 2))
        #expect(screen.take() == "qmstart 100 on pve1 · 2 s")
        board.show(try look(101, 3))
        #expect(screen.take() == "\r\u{1b}[Jqmstart 100 on pve1 · 2 s\nqmstart 101 on pve1 · 3 s")
        board.show(try look(100, 4))
        #expect(screen.take() == "\r\u{1b}[1A\u{1b}[Jqmstart 100 on pve1 · 4 s\nqmstart 101 on pve1 · 3 s")
        board.end(try look(100, 0).upid)
        #expect(screen.take() == "\r\u{1b}[1A\u{1b}[Jqmstart 101 on pve1 · 3 s")
        board.endAll()
        #expect(screen.take() == "\r\u{1b}[J")
    }

    @Test func shortTasksNeverShow() throws {
        let board = board()
        board.show(try look(100, 0))
        board.end(try look(100, 0).upid)
        #expect(screen.take() == "")
    }

    @Test func linesAreWipedBeforeAnythingElseIsWritten() throws {
        let board = board()
        board.show(try look(100, 2))
        _ = screen.take()
        board.around { screen.text.withLock { $0 += "printed\n" } }
        #expect(screen.take() == "\r\u{1b}[Jprinted\n")
        board.around { screen.text.withLock { $0 += "more\n" } }
        #expect(screen.take() == "more\n")
    }

    /// The terminal has broken a line of 60 columns into three of 25.
    @Test func aWindowThatBecameNarrowerIsWipedWhole() throws {
        let board = board()
        board.show(try look(100, 2, line: String(repeating: "x", count: 33)))
        #expect(screen.take().count == 61)
        screen.columns.withLock { $0 = 25 }
        board.show(try look(100, 3, line: String(repeating: "x", count: 33)))
        #expect(screen.take() == "\r\u{1b}[2A\u{1b}[Jqmstart 100 on pve1 · 3…")
    }

    @Test(arguments: [1, 2, 20, 80])
    func noLineIsWiderThanTheWindow(columns: Int) throws {
        screen.columns.withLock { $0 = columns }
        board().show(try look(100, 2, line: "進捗 " + String(repeating: "漢字", count: 90)))
        #expect(screen.take().displayWidth <= max(1, columns - 1))
    }

    @Test func aLowWindowShowsFewAndCountsTheRest() throws {
        let board = board(rows: 5)
        for vmid in 100...109 { board.show(try look(vmid, 2)) }
        _ = screen.take()
        board.show(try look(100, 3))
        let lines = screen.take().split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.last == "… and 8 more tasks")
    }

    @Test func aPipeGetsALineAfterTenSecondsAndThenEachThirty() throws {
        let board = board(isLive: false)
        for second in 0...75 { board.show(try look(100, second)) }
        #expect(
            screen.take() == """
                qmstart 100 on pve1 · 10 s
                qmstart 100 on pve1 · 40 s
                qmstart 100 on pve1 · 70 s

                """)
    }
}
