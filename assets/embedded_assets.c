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

embedded_file embedded_demo_cluster(void) { return (embedded_file){demo_cluster, sizeof demo_cluster}; }
embedded_file embedded_policy(void) { return (embedded_file){policy, sizeof policy}; }
embedded_file embedded_config_example(void) { return (embedded_file){config_example, sizeof config_example}; }
