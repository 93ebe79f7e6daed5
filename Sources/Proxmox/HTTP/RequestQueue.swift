// SPDX-License-Identifier: Apache-2.0

/// Requests that wait for a free connection, in one line for each ``HTTPRequest/Lane``.
///
/// Lanes take turns, and inside a lane who came first goes first. So a change behind a thousand reads waits for as many turns
/// as there are lanes, not for a thousand reads, and the reads go on between a thousand changes.
struct RequestQueue<Element> {
    /// One line: taken from the front by moving `head`, so that a long line costs nothing to shorten.
    private struct Line {
        var elements: [Element] = []
        var head = 0
        var isEmpty: Bool { head >= elements.count }

        mutating func popFirst() -> Element? {
            guard head < elements.count else { return nil }
            let element = elements[head]
            head += 1
            // Half of it is used up: what is left moves to the front, at a cost of O(1) for each that was taken.
            if head > 32, head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
            return element
        }
    }

    private var lines = [HTTPRequest.Lane: Line]()
    private var turn = 0
    private static var order: [HTTPRequest.Lane] { HTTPRequest.Lane.allCases }

    /// Whether nobody waits.
    var isEmpty: Bool { lines.values.allSatisfy { $0.isEmpty } }

    /// Puts one at the end of its line.
    mutating func append(_ element: Element, in lane: HTTPRequest.Lane) {
        lines[lane, default: Line()].elements.append(element)
    }

    /// The next in turn.
    mutating func popFirst() -> Element? {
        let order = Self.order
        for step in 0..<order.count {
            let position = (turn + step) % order.count
            if let element = lines[order[position]]?.popFirst() {
                turn = (position + 1) % order.count
                return element
            }
        }
        return nil
    }

    /// Takes out those that fit, wherever they stand.
    mutating func remove(where isMeant: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        for lane in Self.order {
            guard let line = lines[lane] else { continue }
            let waiting = line.elements.dropFirst(line.head)
            removed += waiting.filter(isMeant)
            lines[lane] = Line(elements: waiting.filter { !isMeant($0) })
        }
        return removed
    }
}
