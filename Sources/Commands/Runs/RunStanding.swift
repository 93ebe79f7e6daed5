// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Terminal

/// How a run stands, in a word for people and one for programs.
enum RunStanding: String {
    case running
    /// Running, and asked to end.
    case stopping
    case ended
    case failed
    case interrupted
    /// It has no end, and no living process is at it.
    case leftBehind = "left_behind"
    case inDoubt = "in_doubt"

    /// What a run's record and the state of its changes say.
    init(_ run: RunSummary) {
        self =
            if run.isHeld {
                run.cancel == nil ? .running : .stopping
            } else if run.changes[.inDoubt] != nil {
                .inDoubt
            } else if run.ended == nil {
                .leftBehind
            } else {
                switch run.status {
                case ExitStatus.done.rawValue.asInt: .ended
                case ExitStatus.interrupted.rawValue.asInt: .interrupted
                case ExitStatus.inDoubt.rawValue.asInt: .inDoubt
                default: .failed
                }
            }
    }

    /// The word for people.
    func word(_ run: RunSummary) -> String {
        switch self {
        case .running, .stopping, .ended, .interrupted: rawValue
        case .failed: run.status.map { "failed (\($0))" } ?? "failed"
        case .leftBehind: "left behind"
        case .inDoubt: "in doubt"
        }
    }

    /// The word's colour.
    func paint(_ style: Style) -> (String) -> String {
        switch self {
        case .running, .stopping: style.bold
        case .ended: style.green
        case .failed: style.red
        case .interrupted, .leftBehind, .inDoubt: style.yellow
        }
    }
}

extension Int32 {
    fileprivate var asInt: Int { Int(self) }
}

extension RunSummary {
    /// How many changes came to an end that did something.
    var done: Int { (changes[.done] ?? 0) + (changes[.doneWithWarnings] ?? 0) }
    /// How many failed.
    var failed: Int { changes[.failed] ?? 0 }
    /// How many have no certain end.
    var open: Int { changes.reduce(0) { $0 + ($1.key.isSettled ? 0 : $1.value) } }

    /// How long it took; of a run that goes on, how long by now; of one left behind, until it was last heard of.
    func seconds(now: Double) -> Double {
        max(0, (ended ?? (isHeld ? now : lastActivity ?? started)) - started)
    }

    /// The name that is enough to find it, never shorter than its neighbours are likely to be.
    var shortID: String { String(id.prefix(max(distinctLength, 10))) }
}
