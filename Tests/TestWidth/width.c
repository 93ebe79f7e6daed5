// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "TestWidth.h"
#include <stdlib.h>

// Swift Testing begins all tests at once unless this variable says otherwise, and reads it when it is loaded. Hundreds of
// tests with servers and workers of their own would then wait for each other on a few threads.
__attribute__((constructor)) static void limit(void) { setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "8", 0); }
