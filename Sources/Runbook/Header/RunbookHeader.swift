// SPDX-License-Identifier: Apache-2.0
public import Model

/// What a runbook says of itself at its top: `runbook{ name = …, params = …, actions = … }`.
///
/// The host reads it before anything of the runbook runs, so what it limits is limited from the first call on.
public struct RunbookHeader: Sendable {
    /// What it is called; nil where the header does not say.
    public var name: String?
    /// What it does, for whoever asks.
    public var description: String?
    /// What it takes, in the order written.
    public var parameters: [RunbookParameter] = []
    /// The actions that it may do besides reading; nil for no bound but policy.
    public var actions: DeclaredActions?
    /// Who may run it; nil for everybody.
    public var callers: DeclaredCallers?
    /// What it may use, in the order written.
    public var limits: [DeclaredLimit] = []
    /// File, line and column.
    public var place: String

    /// The name of the function that a header calls.
    public static let function = "runbook"

    /// The actions that a runbook says it does.
    public struct DeclaredActions: Sendable {
        /// Actions, or patterns for them.
        public var patterns: [Glob]
        /// File, line and column.
        public var place: String
    }

    /// Those whom a runbook says it is for.
    public struct DeclaredCallers: Sendable {
        /// The callers.
        public var callers: Set<Caller>
        /// File, line and column.
        public var place: String
    }

    /// A bound that a runbook sets itself.
    public struct DeclaredLimit: Sendable {
        /// What is bounded.
        public var name: String
        /// As `--limit` takes it: `5s`, `64MiB`, `500`.
        public var text: String
        /// File, line and column.
        public var place: String
    }

    /// The parameter of that name.
    public func parameter(_ name: String) -> RunbookParameter? { parameters.first { $0.name == name } }
}
