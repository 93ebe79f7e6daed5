// SPDX-License-Identifier: Apache-2.0
internal import CFuzzer
internal import Glibc

// One binary for all targets: linking is what takes long. `pvelua-fuzz TARGET [libFuzzer's options] FOLDER…`
let targets: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32] = [
    "upid": { UPIDTarget.run(input($0, $1)) },
    "body": { BodyTarget.run(input($0, $1)) },
    "classifier": { ClassifierTarget.run(input($0, $1)) },
    "yaml": { YAMLTarget.run(input($0, $1)) },
    "frames": { FramesTarget.run(input($0, $1)) },
    "path": { PathTarget.run(input($0, $1)) },
]

func input(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: bytes, count: count))
}

guard CommandLine.arguments.count > 1, let target = targets[CommandLine.arguments[1]] else {
    print("usage: pvelua-fuzz \(targets.keys.sorted().joined(separator: "|")) [libFuzzer's options] FOLDER…")
    exit(2)
}
var arguments: [UnsafeMutablePointer<CChar>?] = []
for (index, argument) in CommandLine.arguments.enumerated() where index != 1 { arguments.append(strdup(argument)) }
var count = Int32(arguments.count)
arguments.append(nil)
let status = arguments.withUnsafeMutableBufferPointer { buffer -> Int32 in
    guard let base = buffer.baseAddress else { return 2 }
    return base.withMemoryRebound(to: UnsafeMutablePointer<CChar>.self, capacity: buffer.count) { base in
        var list = base
        return LLVMFuzzerRunDriver(&count, &list, target)
    }
}
exit(status)
