// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

struct OperationTableTests {
    @Test func namesAreUnique() {
        let names = OperationTable.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: ScriptObject.allCases)
    func methodsOfAnObjectAreUnique(_ object: ScriptObject) {
        let names = OperationTable.all.flatMap(\.methods).filter { $0.object == object }.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: OperationTable.all)
    func everyRowIsDocumented(row: Operation) {
        #expect(row.summary.hasSuffix("."))
        #expect(!row.returns.isEmpty)
        #expect(row.example.contains(row.name))
        #expect((row.reach == .local) == row.allNeeds.isEmpty)
        for parameter in row.parameters { #expect(parameter.summary.hasSuffix("."), "\(row.name).\(parameter.name)") }
    }
}
