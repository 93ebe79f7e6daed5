// SPDX-License-Identifier: Apache-2.0
// libFuzzer as a library: its driver, called by a main of ours.
#ifndef CFUZZER_H
#define CFUZZER_H
#include <stddef.h>
#include <stdint.h>

/// Runs the fuzzer with the arguments of a command line; returns the process's status.
int LLVMFuzzerRunDriver(
    int *_Nonnull count, char *_Nonnull *_Nonnull *_Nonnull arguments,
    int (*_Nonnull target)(const uint8_t *_Nullable bytes, size_t size));

#endif
