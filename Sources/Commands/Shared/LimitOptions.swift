// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Policy
internal import Runbook

/// Reads `--limit cpu=1s,memory=32MiB`; a value can only tighten what holds already.
enum LimitOptions {
    /// What a policy and its ceiling say under `limits.script`.
    static func apply(_ bounds: [ScriptBound], to limits: WorkerLimits) throws(Failure) -> WorkerLimits {
        var result = limits
        for bound in bounds {
            do throws(Failure) {
                try result.tighten(bound.name, to: bound.value)
            } catch {
                throw Failure(.config, "\(bound.place): \(error.message)", hint: error.hint)
            }
        }
        return result
    }

    static func apply(_ texts: [String], to limits: WorkerLimits) throws(Failure) -> WorkerLimits {
        var result = limits
        for item in texts.flatMap({ $0.split(separator: ",").map(String.init) }) {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw Failure(.usage, "--limit \(item) is no limit; it looks like cpu=1s")
            }
            do throws(Failure) {
                try result.tighten(parts[0], to: parts[1])
            } catch {
                throw Failure(.usage, "--limit \(item): \(error.message)", hint: error.hint)
            }
        }
        return result
    }
}
