// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Terminal
import TestSupport
import Testing

struct ControllingTerminalTests {
    @Test func asksAndHearsTheAnswer() async throws {
        let terminal = try PseudoTerminal()
        async let answer = ControllingTerminal(path: terminal.path).ask("stop \u{1b}[1mweb-1?\nyes: ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "stop \u{1b}[1mweb-1?\r\nyes: ") })
        terminal.type("wöb-1\n")
        #expect(await answer == "wöb-1")
    }

    @Test func whatWasTypedBeforeTheQuestionDoesNotCount() async throws {
        let terminal = try PseudoTerminal()
        terminal.type("yes\n")
        #expect(await onThread { terminal.waits(for: "yes") })
        async let answer = ControllingTerminal(path: terminal.path).ask("sure? ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "sure? ") })
        terminal.type("no\n")
        #expect(await answer == "no")
    }

    @Test func asksOnATerminalThatWasLeftRaw() async throws {
        let terminal = try PseudoTerminal()
        var raw = terminal.attributes
        cfmakeraw(&raw)
        tcsetattr(terminal.slave, TCSANOW, &raw)
        let before = terminal.attributes
        async let answer = ControllingTerminal(path: terminal.path).ask("sure? ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "sure? ") })
        #expect(terminal.attributes.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON))
        terminal.type("yes\r")
        #expect(await answer == "yes")
        #expect(terminal.attributes.c_lflag == before.c_lflag && terminal.attributes.c_iflag == before.c_iflag)
    }

    @Test func anEmptyLineIsAnAnswerAndTheEndOfInputIsNone() async throws {
        let terminal = try PseudoTerminal()
        async let empty = ControllingTerminal(path: terminal.path).ask("one ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "one ") })
        terminal.type("\n")
        #expect(await empty == "")
        async let end = ControllingTerminal(path: terminal.path).ask("two ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "two ") })
        terminal.type("half\u{4}\u{4}")
        #expect(await end == nil)
    }

    @Test func givesUpAfterTheTimeout() async throws {
        let terminal = try PseudoTerminal()
        #expect(await ControllingTerminal(path: terminal.path).ask("sure? ", timeout: 0) == nil)
        #expect(await onThread { terminal.waits(for: "sure? \r\n") })
    }

    @Test func whatIsTypedInSecretIsNotShown() async throws {
        let terminal = try PseudoTerminal()
        let before = terminal.attributes
        async let answer = ControllingTerminal(path: terminal.path).askSecret("password: ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "password: ") })
        #expect(terminal.attributes.c_lflag & tcflag_t(ECHO) == 0)
        terminal.type("hünter2\n")
        #expect(await answer == Array("hünter2".utf8))
        #expect(terminal.attributes.c_lflag == before.c_lflag)
        // The first thing shown after the question is the line feed.
        async let next = ControllingTerminal(path: terminal.path).ask("next? ", timeout: 300)
        #expect(await onThread { terminal.waits(for: "\r\nnext? ") })
        terminal.type("x\n")
        #expect(await next == "x")
    }

    @Test func aSecretQuestionThatIsTakenBackLeavesTheTerminalAsItWas() async throws {
        let terminal = try PseudoTerminal()
        let before = terminal.attributes
        let asking = Task { await ControllingTerminal(path: terminal.path).askSecret("password: ", timeout: 300) }
        #expect(await onThread { terminal.waits(for: "password: ") })
        asking.cancel()
        #expect(await asking.value == nil)
        #expect(terminal.attributes.c_lflag == before.c_lflag)
    }

    @Test func thereIsNobodyWithoutATerminal() async throws {
        for path in ["/nonexistent/tty", "/dev/null"] {
            #expect(await ControllingTerminal(path: path).ask("sure? ", timeout: 0) == nil)
        }
        #expect(!ControllingTerminal(path: "/nonexistent/tty").isPresent)
        let terminal = try PseudoTerminal()
        #expect(ControllingTerminal(path: terminal.path).isPresent)
    }
}
