// SPDX-License-Identifier: Apache-2.0
// How many tests run at once, for every way to start them; see width.c.
