// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox
internal import Wire

/// What a worker is told before it locks itself in.
enum WorkerBoot {
    /// - Parameter unknown: The key of what is not known, where the run is only planned.
    static func packed(_ environment: RunEnvironment, unknown: String? = nil) -> PackedValue {
        let settings = environment.settings
        let methods = OperationTable.all.flatMap { operation in
            operation.methods.map { method -> PackedValue in
                [
                    "name": PackedValue(method.name), "object": PackedValue(method.object.rawValue),
                    "call": PackedValue(operation.name),
                    "before": .array(method.before.map { $0.map { PackedValue($0) } ?? .null }),
                    "into": .map(method.into.map { .init($0.key, PackedValue($0.value)) }),
                ]
            }
        }
        let limits = settings.limits
        return [
            "functions": .array(OperationTable.all.map { PackedValue($0.name) }),
            "methods": .array(methods),
            "gives": .map(names(\.gives?.rawValue)),
            "modules": .map(names(\.module)),
            "cluster": PackedValue(environment.clusterName),
            "memory": .integer(Int64(limits.memory)),
            "cpu_slice": .number(limits.processorSlice),
            "cpu_total": .number(limits.processorTotal),
            "frame": .integer(Int64(limits.frame)),
            "output": .integer(Int64(limits.output)),
            "depth": .integer(Int64(limits.depth)),
            "seed": .integer(settings.seed),
            "interactive": .bool(settings.isInteractive),
            "tells_idleness": .bool(environment.clock.isVirtual),
            "header": .bool(settings.header != nil),
            "testing": .bool(environment.rehearsal != nil),
            "coverage": .bool(environment.coverage != nil),
            "unknown": unknown.map { PackedValue($0) } ?? .null,
        ]
    }

    /// A property of the operations that have it, by the operation's name.
    private static func names(_ property: (Operation) -> String?) -> [PackedValue.Pair] {
        OperationTable.all.compactMap { row in property(row).map { .init(row.name, PackedValue($0)) } }
    }
}

/// Tells when a worker has been silent for longer than its processor allowance can explain.
struct WorkerWatch {
    private let allowance: Duration
    private var lastHeard: ContinuousClock.Instant?
    /// Calls that the host has not answered; while there are any, silence is the host's own doing.
    var callsOut = 0

    /// A busy machine may give the worker a small part of one processor only, hence the factor and the grace.
    init(limits: WorkerLimits) { allowance = .seconds(limits.processorSlice * 4 + 15) }

    mutating func begin(now: ContinuousClock.Instant) { lastHeard = now }

    mutating func heard(now: ContinuousClock.Instant) { lastHeard = now }

    func isOverdue(now: ContinuousClock.Instant) -> Bool {
        guard callsOut == 0, let lastHeard else { return false }
        return lastHeard.duration(to: now) > allowance
    }
}
