public struct Style: Sendable {
    let c: Bool
    public init(isColored: Bool) { c = isColored }
    public func bold(_ t: String) -> String { t }
    public func red(_ t: String) -> String { t }
    public func yellow(_ t: String) -> String { t }
    public func dim(_ t: String) -> String { t }
}
public enum TextCleaner {
    public static func line(_ t: String) -> String { t }
    public static func lines(_ t: String) -> String { t }
}
public struct TableColumn { let t: String; public init(_ t: String, isNumeric: Bool) { self.t = t } }
public struct TableRenderer {
    public init(width: Int?, style: Style) {}
    public func render(_ c: [TableColumn], rows: [[String]]) -> String {
        ([c.map(\.t)] + rows).map { $0.joined(separator: "  ") + "\n" }.joined()
    }
}
public enum TerminalSize { public static func columns(of: Int32) -> Int? { nil } }
public enum PromptAnswer: Sendable { case line(String), timedOut, interrupted, nobody }
public protocol Prompter: Sendable { func ask(_ p: String, timeout: Duration) -> PromptAnswer }
public struct ControllingTerminal: Prompter { public init() {}
    public func ask(_ p: String, timeout: Duration) -> PromptAnswer { .nobody } }
public enum LineResult: Sendable { case line(String), interrupted, end }
public protocol LineSource: Sendable { func line(prompt: String) -> LineResult }
public struct PlainLines: LineSource { public init() {}
    public func line(prompt: String) -> LineResult { readLine().map { .line($0) } ?? .end } }
