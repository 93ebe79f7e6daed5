// SPDX-License-Identifier: Apache-2.0
public import JSON

extension Failure {
    /// Reads a failure that ``json`` wrote; nil where that is none, or of a kind that this pvelua does not know.
    public init?(json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(ErrorKind.init(rawValue:)), let message = json["message"]?.string
        else { return nil }
        self.init(kind, message, hint: json["hint"]?.string, status: json["status"]?.perlInteger, raw: json["raw"]?.string)
        fields = (json["fields"]?.object?.members ?? []).map { Field($0.key, $0.value.string ?? "") }
        action = json["action"]?.string
        cluster = json["cluster"]?.string
        vmid = json["vmid"]?.perlInteger
        node = json["node"]?.string
        upid = json["upid"]?.string
        log = (json["log"]?.array ?? []).compactMap(\.string)
    }
}
