// SPDX-License-Identifier: Apache-2.0
// The YAML files of this folder and the runbooks of examples/, inside the binary.
#ifndef EMBEDDED_ASSETS_H
#define EMBEDDED_ASSETS_H
#include <stddef.h>

typedef struct embedded_file {
    const unsigned char *_Nonnull bytes;
    size_t count;
} embedded_file;

embedded_file embedded_demo_cluster(void);
embedded_file embedded_policy(void);
embedded_file embedded_config_example(void);

typedef struct embedded_named_file {
    const char *_Nonnull name;
    embedded_file file;
} embedded_named_file;

int embedded_template_count(void);
// The template of that index; of one that is not there an empty file.
embedded_named_file embedded_template(int index);

// The runbooks of examples/, by name.
int embedded_example_count(void);
embedded_named_file embedded_example(int index);
#endif
