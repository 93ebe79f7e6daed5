// SPDX-License-Identifier: Apache-2.0
#include "lua_sources.h"

#include <string.h>

static const unsigned char clock_source[] = {
#embed "clock.lua"
};
static const unsigned char objects[] = {
#embed "objects.lua"
};
static const unsigned char strands[] = {
#embed "strands.lua"
};
static const unsigned char prelude[] = {
#embed "prelude.lua"
};
static const unsigned char testing[] = {
#embed "testing.lua"
};
static const unsigned char evacuate_module[] = {
#embed "modules/evacuate.lua"
};
static const unsigned char move_guests_module[] = {
#embed "modules/move_guests.lua"
};
static const unsigned char placement_module[] = {
#embed "modules/placement.lua"
};
static const unsigned char return_guests_module[] = {
#embed "modules/return_guests.lua"
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
static const unsigned char backup_age_module[] = {
#embed "modules/backup_age.lua"
};
static const unsigned char newest_backups_module[] = {
#embed "modules/newest_backups.lua"
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
static const unsigned char wait_guest_module[] = {
#embed "modules/wait_guest.lua"
};

static const lua_source sources[] = {
    {"clock", clock_source, sizeof clock_source, false},
    {"objects", objects, sizeof objects, false},
    {"strands", strands, sizeof strands, false},
    {"prelude", prelude, sizeof prelude, false},
    {"testing", testing, sizeof testing, false},
    {"evacuate", evacuate_module, sizeof evacuate_module, true},
    {"move_guests", move_guests_module, sizeof move_guests_module, true},
    {"placement", placement_module, sizeof placement_module, true},
    {"return_guests", return_guests_module, sizeof return_guests_module, true},
    {"report", report_module, sizeof report_module, true},
    {"rolling", rolling_module, sizeof rolling_module, true},
    {"select", select_module, sizeof select_module, true},
    {"backup_age", backup_age_module, sizeof backup_age_module, true},
    {"newest_backups", newest_backups_module, sizeof newest_backups_module, true},
    {"retention", retention_module, sizeof retention_module, true},
    {"snapshot_all", snapshot_all_module, sizeof snapshot_all_module, true},
    {"snapshot_prune", snapshot_prune_module, sizeof snapshot_prune_module, true},
    {"wait", wait_module, sizeof wait_module, true},
    {"wait_guest", wait_guest_module, sizeof wait_guest_module, true},
};

lua_source lua_source_named(const char *name) {
    for (size_t index = 0; index < sizeof sources / sizeof *sources; index++)
        if (strcmp(sources[index].name, name) == 0) return sources[index];
    return (lua_source){"", (const unsigned char *)"", 0, false};
}
