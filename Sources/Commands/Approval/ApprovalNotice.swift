// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Monitor
internal import Plan
internal import Policy

/// Tells people, by the monitor's channels, that a plan waits for their approval: once for each plan, when somebody first wants
/// to apply it.
struct ApprovalNotice {
    let context: CommandContext
    let options: GlobalOptions
    let file: PlanFile
    /// What a person names it by.
    let name: String

    /// - Returns: What went wrong with channels, for people; nobody waits for them any longer than their time-outs.
    func announce() async -> [String] {
        do throws(Failure) {
            let workplace = Workplace(context: context, options: options)
            let channels = try workplace.configuration().monitor.channels.filter { $0.way != .stdout }
            guard !channels.isEmpty, isFirst(workplace.locations) else { return [] }
            let lines = LineChannel(format: options.format, style: context.outputStyle, isShown: false)
            let event = event(at: WallTime.seconds())
            let routes = try AlertRoutes(context: context, lines: lines).make(channels).filter { $0.takes(event) }
            return await withTaskGroup(of: String?.self) { group in
                for route in routes {
                    group.addTask {
                        do throws(DeliveryFailure) {
                            try await route.channel.deliver(event)
                            return nil
                        } catch {
                            return "channel \(route.id): \(error.text)"
                        }
                    }
                }
                var problems: [String] = []
                for await problem in group { if let problem { problems.append(problem) } }
                return problems.sorted()
            }
        } catch {
            return [error.message]
        }
    }

    /// Whoever makes the mark first announces it.
    private func isFirst(_ locations: Locations) -> Bool {
        do throws(Failure) {
            try FileContent.create("\(PlanShelf(locations).folder)/\(file.digest).announced", [])
            return true
        } catch {
            return false
        }
    }

    private func event(at time: Double) -> AlertEvent {
        let plan = file.plan
        let shown = plan.operations.prefix(3).map { operation in
            ([operation.action] + operation.targets.compactMap(\.vmid).map(String.init)).joined(separator: " ")
        }
        let rest = plan.operations.count - shown.count
        let changes = shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
        return .approvalWanted(
            digest: file.digest,
            "\(context.identity) wants to apply a plan: \(changes); it holds until \(TimeText.moment(plan.expires))",
            advice: "read it at a terminal: pvelua approve \(name); or pvelua deny \(name)",
            cluster: plan.cluster.name, at: time)
    }
}
