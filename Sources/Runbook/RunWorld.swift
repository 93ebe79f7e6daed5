// SPDX-License-Identifier: Apache-2.0
internal import Journal
internal import Model
internal import Policy
internal import Proxmox
internal import Secrets
internal import Templates

/// What a ``RunEnvironment`` holds; its members are explained there.
struct RunWorld: Sendable {
    var clusterName: String
    var ownCluster: String
    var clusters: ClusterDirectory = ClusterDirectory.none
    var client: ProxmoxClient
    var policy: PolicySet
    var openJournal: @Sendable () throws(Failure) -> any JournalStore
    var consent: any ConsentGiver
    var caller: Caller
    var account: String = "unknown"
    var output: any RunOutput
    var modules: ModuleFinder
    var clock: any ClientClock
    var now: @Sendable () -> Double
    var scriptTime: @Sendable () -> Double
    var oversight: Oversight = Oversight.none
    var settings: RunSettings
    var makeID: @Sendable () -> String
    var schema: SchemaProvider?
    var logins: LoginBook = LoginBook()
    var secrets: SecretBook = SecretBook()
    var signAudit: (@Sendable (any JournalStore) async -> Void)?
    var templates: TemplateShelf = TemplateShelf.shipped
    var rehearsal: (any RehearsalDesk)?
    var coverage: (any CoverageSink)?
}
