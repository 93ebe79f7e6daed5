// SPDX-License-Identifier: Apache-2.0

/// On whose behalf a run acts.
///
/// Detection only ever tightens: no flag turns an agent into a human.
public enum Caller: String, Sendable, CaseIterable, Comparable {
    /// A person at a terminal.
    case human
    /// A pipeline.
    case ci
    /// A program that writes its own instructions.
    case agent

    /// Variables that coding agents set in the shells they start.
    static let agentVariables = [
        "CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CURSOR_AGENT", "CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED",
        "GEMINI_CLI", "AIDER", "OPENCODE", "GOOSE_TERMINAL", "AMP_AGENT", "AGENT", "AI_AGENT", "CLINE_ACTIVE",
        "COPILOT_AGENT", "AUGMENT_AGENT", "REPLIT_AGENT",
    ]

    /// The caller that an environment gives away; a variable that is empty, `0` or `false` says nothing.
    public static func detected(environment: [String: String]) -> Caller {
        func isSet(_ name: String) -> Bool {
            guard let value = environment[name] else { return false }
            return !["", "0", "false"].contains(value.lowercased())
        }
        if agentVariables.contains(where: isSet) { return .agent }
        return isSet("CI") ? .ci : .human
    }

    /// Orders by how little is trusted: human, ci, agent.
    public static func < (left: Caller, right: Caller) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .human: 0
        case .ci: 1
        case .agent: 2
        }
    }
}
