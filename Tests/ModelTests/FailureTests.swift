// SPDX-License-Identifier: Apache-2.0
import JSON
import Model
import Testing

struct FailureTests {
    @Test func jsonHoldsOnlyWhatIsKnown() {
        #expect(Failure(.locked, "held").json.text == #"{"kind":"locked","message":"held"}"#)
    }

    @Test func jsonHoldsAllThatIsKnown() {
        var failure = Failure(.taskFailed, "m", hint: "h", status: 500, raw: "r")
        failure.fields = [Failure.Field("vmid", "bad")]
        failure.action = "guest.stop"
        failure.vmid = 100
        failure.node = "pve1"
        failure.upid = "u"
        failure.log = ["a", "b"]
        #expect(
            failure.json.text
                == #"{"kind":"task_failed","message":"m","hint":"h","status":500,"raw":"r","fields":{"vmid":"bad"},"#
                + #""action":"guest.stop","vmid":100,"node":"pve1","upid":"u","log":["a","b"]}"#)
    }

    @Test func aWrongArgumentIsNamed() {
        let failure = Failure.parameter("timeout", "must be positive", hint: "try 60")
        #expect(failure.kind == .parameter)
        #expect("\(failure)" == "parameter: timeout: must be positive")
        #expect(failure.fields == [Failure.Field("timeout", "must be positive")])
    }

    /// DESIGN §8 promises these words to scripts.
    @Test func kindsHaveTheNamesThatScriptsMatch() {
        let promised = [
            "auth", "permission", "parameter", "not_found", "unsupported", "node_unreachable", "outcome_unknown",
            "no_quorum", "locked", "busy", "conflict", "protected", "storage_unavailable", "ha_state",
            "already_in_state",
            "guest_timeout", "task_failed", "task_timeout", "tls", "connection", "cancelled", "server", "script",
            "limit",
            "policy_denied", "confirmation_required", "approval_required", "plan_diverged", "in_doubt", "config",
            "usage",
        ]
        #expect(ErrorKind.allCases.map(\.rawValue) == promised)
    }
}
