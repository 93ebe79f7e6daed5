// SPDX-License-Identifier: Apache-2.0
#include "embedded_assets.h"

static const unsigned char demo_cluster[] = {
#embed "clusters/demo.yaml"
};
static const unsigned char policy[] = {
#embed "policy.yaml"
};
static const unsigned char config_example[] = {
#embed "config.example.yaml"
};

static const unsigned char debian_vm[] = {
#embed "templates/debian-vm.yaml"
};
static const unsigned char iso_vm[] = {
#embed "templates/iso-vm.yaml"
};
static const unsigned char debian_ct[] = {
#embed "templates/debian-ct.yaml"
};

static const embedded_named_file templates[] = {
    {"debian-ct", {debian_ct, sizeof debian_ct}},
    {"debian-vm", {debian_vm, sizeof debian_vm}},
    {"iso-vm", {iso_vm, sizeof iso_vm}},
};

int embedded_template_count(void) { return sizeof templates / sizeof *templates; }
embedded_named_file embedded_template(int index) {
    if (index < 0 || index >= embedded_template_count())
        return (embedded_named_file){"", {(const unsigned char *)"", 0}};
    return templates[index];
}

embedded_file embedded_demo_cluster(void) { return (embedded_file){demo_cluster, sizeof demo_cluster}; }
embedded_file embedded_policy(void) { return (embedded_file){policy, sizeof policy}; }
embedded_file embedded_config_example(void) { return (embedded_file){config_example, sizeof config_example}; }

static const unsigned char example_backup_audit[] = {
#embed "../examples/backup-audit.lua"
};
static const unsigned char example_clone_lab[] = {
#embed "../examples/clone-lab.lua"
};
static const unsigned char example_evacuate_node[] = {
#embed "../examples/evacuate-node.lua"
};
static const unsigned char example_list[] = {
#embed "../examples/list.lua"
};
static const unsigned char example_memory_waste[] = {
#embed "../examples/memory-waste.lua"
};
static const unsigned char example_nightly_shutdown[] = {
#embed "../examples/nightly-shutdown.lua"
};
static const unsigned char example_nightly_snapshots[] = {
#embed "../examples/nightly-snapshots.lua"
};
static const unsigned char example_raw_api[] = {
#embed "../examples/raw-api.lua"
};
static const unsigned char example_restore_drill[] = {
#embed "../examples/restore-drill.lua"
};
static const unsigned char example_rolling_reboot[] = {
#embed "../examples/rolling-reboot.lua"
};
static const unsigned char example_snapshot_before_change[] = {
#embed "../examples/snapshot-before-change.lua"
};
static const unsigned char example_start_in_order[] = {
#embed "../examples/start-in-order.lua"
};
static const unsigned char example_two_clusters[] = {
#embed "../examples/two-clusters.lua"
};

static const embedded_named_file examples[] = {
    {"backup-audit.lua", {example_backup_audit, sizeof example_backup_audit}},
    {"clone-lab.lua", {example_clone_lab, sizeof example_clone_lab}},
    {"evacuate-node.lua", {example_evacuate_node, sizeof example_evacuate_node}},
    {"list.lua", {example_list, sizeof example_list}},
    {"memory-waste.lua", {example_memory_waste, sizeof example_memory_waste}},
    {"nightly-shutdown.lua", {example_nightly_shutdown, sizeof example_nightly_shutdown}},
    {"nightly-snapshots.lua", {example_nightly_snapshots, sizeof example_nightly_snapshots}},
    {"raw-api.lua", {example_raw_api, sizeof example_raw_api}},
    {"restore-drill.lua", {example_restore_drill, sizeof example_restore_drill}},
    {"rolling-reboot.lua", {example_rolling_reboot, sizeof example_rolling_reboot}},
    {"snapshot-before-change.lua", {example_snapshot_before_change, sizeof example_snapshot_before_change}},
    {"start-in-order.lua", {example_start_in_order, sizeof example_start_in_order}},
    {"two-clusters.lua", {example_two_clusters, sizeof example_two_clusters}},
};

int embedded_example_count(void) { return sizeof examples / sizeof *examples; }
embedded_named_file embedded_example(int index) {
    if (index < 0 || index >= embedded_example_count())
        return (embedded_named_file){"", {(const unsigned char *)"", 0}};
    return examples[index];
}
