// SPDX-License-Identifier: Apache-2.0
import Commands
import Glibc

exit(await PveluaMain.run(Array(CommandLine.arguments.dropFirst()), context: .live()))
