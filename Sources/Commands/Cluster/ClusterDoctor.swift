// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
struct ClusterDoctor: ParsableCommand { static let configuration = CommandConfiguration(commandName: "doctor") }
