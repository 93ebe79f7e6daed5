// SPDX-License-Identifier: Apache-2.0

/// What is known about the running tasks of each node, shared by all that wait for one.
actor TaskBoard {
}
