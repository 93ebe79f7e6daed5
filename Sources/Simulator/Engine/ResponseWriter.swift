// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Proxmox

/// Makes answers look like those of PVE's server, header fields included.
struct ResponseWriter: Sendable {
    var now: Double

    private func fields(close: Bool, both: Bool) -> [HTTPHeader] {
        var fields = [HTTPHeader("Cache-Control", "max-age=0")]
        if close || both { fields.append(HTTPHeader("Connection", "close")) }
        if !close { fields.append(HTTPHeader("Connection", "Keep-Alive")) }
        fields.append(HTTPHeader("Date", HTTPDate.text(now)))
        fields.append(HTTPHeader("Pragma", "no-cache"))
        fields.append(HTTPHeader("Server", "pve-api-daemon/3.0"))
        return fields
    }

    /// What a handler answered.
    ///
    /// Answers that came through the privileged daemon carry two `Connection` fields.
    func success(_ reply: Reply, format: String, protected: Bool) -> HTTPResponse {
        var object = JSONObject([("data", reply.data)])
        if let total = reply.total { object["total"] = JSONValue(total) }
        if format == "extjs" { object["success"] = 1 }
        return json(200, "OK", object, close: false, both: protected)
    }

    func refusal(_ refusal: Refusal, format: String) -> HTTPResponse {
        if refusal.status >= 595 { return empty(refusal.status, refusal.text) }
        let ending = refusal.endsLine ? "\n" : ""
        var object = JSONObject([("data", .null), ("message", .string(refusal.text + ending))])
        if !refusal.fields.isEmpty {
            object["errors"] = .object(JSONObject(refusal.fields.map { ($0.name, .string($0.text)) }))
        }
        if format == "extjs" {
            object["success"] = 0
            object["status"] =
                refusal.fields.isEmpty ? JSONValue(refusal.status) : .string(String(refusal.status))
            return json(200, "OK", object, close: false, both: false)
        }
        let reason = refusal.text.prefix { $0 != "\n" }
        return json(refusal.status, String(reason), object, close: true, both: false)
    }

    private func json(
        _ status: Int, _ reason: String, _ object: JSONObject, close: Bool, both: Bool
    ) -> HTTPResponse {
        let body = JSONValue.object(object).encoded()
        var headers = fields(close: close, both: both)
        headers.append(HTTPHeader("Content-Length", String(body.count)))
        headers.append(HTTPHeader("Content-Type", "application/json;charset=UTF-8"))
        headers.append(HTTPHeader("Expires", HTTPDate.text(now)))
        return HTTPResponse(status: status, reason: reason, headers: headers, body: body)
    }

    /// An error of the server itself: plain text.
    func plain(_ answer: PlainAnswer) -> HTTPResponse {
        let body = Array((answer.text + (answer.endsLine ? "\n" : "")).utf8)
        var headers = fields(close: true, both: false)
        headers.append(HTTPHeader("Content-Length", String(body.count)))
        headers.append(HTTPHeader("Expires", HTTPDate.text(now)))
        return HTTPResponse(status: answer.status, reason: answer.text, headers: headers, body: body)
    }

    /// A 401, a 59x, or an unknown method: no body, and no length of it either.
    func empty(_ status: Int, _ reason: String) -> HTTPResponse {
        var headers = fields(close: true, both: false)
        headers.append(HTTPHeader("Expires", HTTPDate.text(now)))
        return HTTPResponse(status: status, reason: reason, headers: headers)
    }
}

/// Dates as HTTP writes them.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ time: Double) -> String {
        let date = CalendarDate(time)
        let month = months[(date.month - 1) % 12]
        let clock = [date.hour, date.minute, date.second].map(CalendarDate.two).joined(separator: ":")
        return "\(days[date.dayNumber % 7]), \(CalendarDate.two(date.day)) \(month) \(date.year) \(clock) GMT"
    }
}

/// A moment in UTC, taken apart.
struct CalendarDate: Sendable {
    var dayNumber = 0
    var year = 1970
    var month = 1
    var day = 1
    var hour = 0
    var minute = 0
    var second = 0

    init(_ time: Double) {
        let seconds = time.isFinite ? Int(min(max(time, 0), 250_000_000_000)) : 0
        dayNumber = seconds / 86_400
        // Days to a date in the Gregorian calendar, by counting from 1 March of year 0.
        let shifted = dayNumber + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = seconds % 86_400 / 3600
        minute = seconds % 3600 / 60
        second = seconds % 60
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    /// `2026_11_22-10_36_39`, as in the names of backups.
    var fileName: String {
        "\(year)_\(Self.two(month))_\(Self.two(day))-\(Self.two(hour))_\(Self.two(minute))_\(Self.two(second))"
    }
    /// `2026-11-22 10:36:39`, as in logs.
    var log: String {
        "\(year)-\(Self.two(month))-\(Self.two(day)) \(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))"
    }
}
