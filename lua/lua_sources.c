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
static const unsigned char report_module[] = {
#embed "modules/report.lua"
};
static const unsigned char rolling_module[] = {
#embed "modules/rolling.lua"
};
static const unsigned char select_module[] = {
#embed "modules/select.lua"
};
static const unsigned char wait_module[] = {
#embed "modules/wait.lua"
};
static const unsigned char wait_guest_module[] = {
#embed "modules/wait_guest.lua"
};

static const lua_source sources[] = {
    {"clock", clock_source, sizeof clock_source, false},
    {"objects", objects, sizeof objects, false},
    {"prelude", prelude, sizeof prelude, false},
    {"report", report_module, sizeof report_module, true},
    {"rolling", rolling_module, sizeof rolling_module, true},
    {"select", select_module, sizeof select_module, true},
    {"wait", wait_module, sizeof wait_module, true},
    {"wait_guest", wait_guest_module, sizeof wait_guest_module, true},
};

lua_source lua_source_named(const char *name) {
    for (size_t index = 0; index < sizeof sources / sizeof *sources; index++)
        if (strcmp(sources[index].name, name) == 0) return sources[index];
    return (lua_source){"", (const unsigned char *)"", 0, false};
}
