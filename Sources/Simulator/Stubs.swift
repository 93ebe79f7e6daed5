// SPDX-License-Identifier: Apache-2.0
extension EndpointTable {
    static let accessEndpoints: [Endpoint] = []
    static let configEndpoints: [Endpoint] = []
    static let snapshotEndpoints: [Endpoint] = []
    static let lifecycleEndpoints: [Endpoint] = []
    static let migrateEndpoints: [Endpoint] = []
    static let storageEndpoints: [Endpoint] = []
    static let backupEndpoints: [Endpoint] = []
    static let poolEndpoints: [Endpoint] = []
    static let highAvailabilityEndpoints: [Endpoint] = []
    static let agentEndpoints: [Endpoint] = []
}
extension TaskBehaviour {
    static let snapshotTasks: [TaskBehaviour] = []
    static let configTasks: [TaskBehaviour] = []
    static let cloneTasks: [TaskBehaviour] = []
    static let createTasks: [TaskBehaviour] = []
    static let migrateTasks: [TaskBehaviour] = []
    static let backupTasks: [TaskBehaviour] = []
    static let highAvailabilityTasks: [TaskBehaviour] = []
}
extension ClusterState { mutating func manage(_ vmid: Int, _ order: String) {} }
