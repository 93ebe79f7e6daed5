// SPDX-License-Identifier: Apache-2.0
// Stands in for libdispatch's dispatch_main under valgrind, which dies of the thread that the true one ends: serves the
// main queue on the main thread instead.
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int _dispatch_get_main_queue_handle_4CF(void);
void _dispatch_main_queue_callback_4CF(void *message);

void dispatch_main(void) {
    int queue = _dispatch_get_main_queue_handle_4CF();
    for (;;) {
        struct pollfd wait = {queue, POLLIN, 0};
        uint64_t count;
        if (poll(&wait, 1, -1) == 1 && read(queue, &count, sizeof count) < 0) abort();
        _dispatch_main_queue_callback_4CF(NULL);
    }
}
