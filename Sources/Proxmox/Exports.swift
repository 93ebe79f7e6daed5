// SPDX-License-Identifier: Apache-2.0

// Whoever imports Proxmox can name what it speaks of (VMID, UPID, Failure, JSONValue): those modules are no products of their
// own, so nobody outside could import them.
@_exported public import JSON
@_exported public import Model
