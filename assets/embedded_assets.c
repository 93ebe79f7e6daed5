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
