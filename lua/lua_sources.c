// SPDX-License-Identifier: Apache-2.0
#include "lua_sources.h"

#include <string.h>

static const unsigned char clock_source[] = {
#embed "clock.lua"
};
static const unsigned char objects[] = {
#embed "objects.lua"
};
static const unsigned char prelude[] = {
#embed "prelude.lua"
};
static const unsigned char select_module[] = {
#embed "modules/select.lua"
};
static const unsigned char retention_module[] = {
#embed "modules/retention.lua"
};
static const unsigned char snapshot_all_module[] = {
#embed "modules/snapshot_all.lua"
};
static const unsigned char snapshot_prune_module[] = {
#embed "modules/snapshot_prune.lua"
};
static const unsigned char wait_module[] = {
#embed "modules/wait.lua"
};

static const lua_source sources[] = {
    {"clock", clock_source, sizeof clock_source, false},
    {"objects", objects, sizeof objects, false},
    {"prelude", prelude, sizeof prelude, false},
    {"select", select_module, sizeof select_module, true},
    {"retention", retention_module, sizeof retention_module, true},
    {"snapshot_all", snapshot_all_module, sizeof snapshot_all_module, true},
    {"snapshot_prune", snapshot_prune_module, sizeof snapshot_prune_module, true},
    {"wait", wait_module, sizeof wait_module, true},
};

lua_source lua_source_named(const char *name) {
    for (size_t index = 0; index < sizeof sources / sizeof *sources; index++)
        if (strcmp(sources[index].name, name) == 0) return sources[index];
    return (lua_source){"", (const unsigned char *)"", 0, false};
}
