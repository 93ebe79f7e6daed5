// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Monitor

/// Tells channels what waits for them: each channel in order, all channels at once.
///
/// What cannot be told stays for the next round, for a day at most. A channel that does not answer is asked once a round; an
/// event that a channel refuses is tried ten times and does not hold up those behind it.
struct AlertCourier: Sendable {
    let cluster: String
    let store: any AlertStore
    let routes: [AlertRoute]
    let now: @Sendable () -> Double

    static let patience = 86_400.0
    static let refusals = 10
    /// Longer than any round tells; a courier that died gives way to the next one after this.
    private static let lease = 300.0

    func deliver() async throws(Failure) -> (left: Int, problems: [String]) {
        let waiting = try await store.claimDeliveries(of: cluster, at: now(), lease: Self.lease)
        guard !waiting.isEmpty else { return (0, []) }
        let byChannel = Dictionary(grouping: waiting, by: \.channel)
        let parts = await withTaskGroup(of: (left: Int, problems: [String]).self) { group in
            for (channel, deliveries) in byChannel {
                group.addTask {
                    guard let route = routes.first(where: { $0.id == channel }) else {
                        return await drop(deliveries, "there is no channel \(channel) any more")
                    }
                    return await deliver(deliveries, by: route)
                }
            }
            var parts: [(left: Int, problems: [String])] = []
            for await part in group { parts.append(part) }
            return parts
        }
        return (parts.reduce(0) { $0 + $1.left }, parts.flatMap(\.problems).sorted())
    }

    private func deliver(_ deliveries: [AlertDelivery], by route: AlertRoute) async -> (left: Int, problems: [String]) {
        var (left, problems): (Int, [String]) = (0, [])
        let start = now()
        var isOpen = true
        for delivery in deliveries {
            guard let event = AlertEvent(delivery.body) else {
                problems += await drop([delivery], "an alert for channel \(route.id) cannot be read").problems
                continue
            }
            // Before the lease ends somebody else may begin where this one has not been yet.
            guard isOpen, now() - start < Self.lease / 2 else {
                left += await keep(delivery, wasTried: false, &problems)
                continue
            }
            do throws(DeliveryFailure) {
                try await route.channel.deliver(event)
                await settle(delivery, &problems)
            } catch {
                let age = now() - delivery.created
                let isOver = age > Self.patience || error.isRefusal && delivery.attempts + 1 >= Self.refusals
                let words = "channel \(route.id): \(error.text)"
                if isOver {
                    problems.append("\(words); given up: \(event.line)")
                    await settle(delivery, &problems)
                } else {
                    problems.append("\(words); tried again in the next round")
                    left += await keep(delivery, wasTried: true, &problems)
                }
                isOpen = error.isRefusal
            }
        }
        return (left, problems)
    }

    private func drop(_ deliveries: [AlertDelivery], _ words: String) async -> (left: Int, problems: [String]) {
        var problems = [words]
        for delivery in deliveries { await settle(delivery, &problems) }
        return (0, problems)
    }

    private func settle(_ delivery: AlertDelivery, _ problems: inout [String]) async {
        do throws(Failure) { try await store.endDelivery(delivery.id) } catch { problems.append(error.message) }
    }

    private func keep(_ delivery: AlertDelivery, wasTried: Bool, _ problems: inout [String]) async -> Int {
        do throws(Failure) {
            try await store.returnDelivery(delivery.id, wasTried: wasTried)
        } catch {
            problems.append(error.message)
        }
        return 1
    }
}
