// SPDX-License-Identifier: Apache-2.0
// The Lua files of this folder, inside the binaries.
#ifndef LUA_SOURCES_H
#define LUA_SOURCES_H
#include <stdbool.h>
#include <stddef.h>

typedef struct lua_source {
    const char *_Nonnull name;
    const unsigned char *_Nonnull bytes;
    size_t count;
    /// Whether scripts may `require` it; the others are the worker's own.
    bool is_module;
} lua_source;

/// The file of that name without `.lua`; `bytes` of an unknown one is empty and its `count` 0.
lua_source lua_source_named(const char *_Nonnull name);
#endif
