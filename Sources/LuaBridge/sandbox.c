// SPDX-License-Identifier: Apache-2.0
// What the kernel holds the worker to. Even code of an attacker's own making can only read and write descriptor 3.
#define _GNU_SOURCE
#include "luabridge.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char message[256];

static const char *refused(const char *what, int number) {
    snprintf(message, sizeof message, "%s: %s", what, strerror(number));
    return message;
}

// Bytes of address space in use, read while files can still be opened.
static uint64_t address_space(void) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 1ull << 30;
    if (fscanf(file, "%llu", &pages) != 1) pages = 1 << 18;
    fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int limit(int resource, uint64_t value) {
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0) return -1;
    if (now.rlim_max < value) value = now.rlim_max;
    struct rlimit next = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &next);
}

static const char *set_limits(uint64_t memory, uint64_t cpu_seconds, lb_sandbox *out) {
    // Beside Lua's memory: the runtime as it stands, and frames on their way through. simdjson reserves 14 bytes of
    // address space for each byte of the largest answer.
    out->address_space = address_space() + memory + (1536ull << 20);
    out->cpu = cpu_seconds;
    if (limit(RLIMIT_AS, out->address_space) != 0) return refused("RLIMIT_AS", errno);
    if (cpu_seconds > 0 && limit(RLIMIT_CPU, cpu_seconds) != 0) return refused("RLIMIT_CPU", errno);
    if (limit(RLIMIT_NOFILE, 0) != 0) return refused("RLIMIT_NOFILE", errno);
    if (limit(RLIMIT_FSIZE, 0) != 0) return refused("RLIMIT_FSIZE", errno);
    if (limit(RLIMIT_CORE, 0) != 0) return refused("RLIMIT_CORE", errno);
    return NULL;
}

static const char *set_process(void) {
    // 200 nested C calls of Lua take 400 KB; a person's ulimit may be less.
    struct rlimit stack;
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur < 8u << 20) {
        stack.rlim_cur = stack.rlim_max < 8u << 20 ? stack.rlim_max : 8u << 20;
        if (setrlimit(RLIMIT_STACK, &stack) != 0) return refused("RLIMIT_STACK", errno);
    }
    signal(SIGPIPE, SIG_IGN);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS", errno);
    // No PR_SET_PDEATHSIG: it fires when the host's *thread* that started us ends. Fd 3 ends with the host, which is enough.
    // What the Swift runtime catches to print a backtrace must end the process under its own name instead.
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGQUIT};
    for (size_t index = 0; index < sizeof crashes / sizeof *crashes; index++) signal(crashes[index], SIG_DFL);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused("PR_SET_DUMPABLE", errno);
    if (close_range(0, 2, 0) != 0 || close_range(4, ~0u, 0) != 0) return refused("close_range", errno);
    return NULL;
}

static int allow_all(scmp_filter_ctx filter, int *count) {
    static const int calls[] = {
        SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(sched_yield),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
        SCMP_SYS(exit_group),
    };
    static const int channel[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(recvfrom)};
    static const int mapping[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    int error = 0;
    for (size_t index = 0; index < sizeof calls / sizeof *calls && error == 0; index++, ++*count)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[index], 0);
    for (size_t index = 0; index < sizeof channel / sizeof *channel && error == 0; index++, ++*count)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, channel[index], 1, SCMP_A0(SCMP_CMP_EQ, 3));
    // Memory, but none that can be executed.
    for (size_t index = 0; index < sizeof mapping / sizeof *mapping && error == 0; index++, ++*count)
        error = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, mapping[index], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return error;
}

// What the trial and the second filter need: gone as soon as that one holds.
static int allow_trial(scmp_filter_ctx filter, const char *hole) {
    static const int calls[] = {
        SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(wait4), SCMP_SYS(seccomp), SCMP_SYS(prctl), SCMP_SYS(prlimit64),
        SCMP_SYS(setrlimit),
    };
    int error = 0;
    for (size_t index = 0; index < sizeof calls / sizeof *calls && error == 0; index++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[index], 0);
    if (error == 0 && hole != NULL) error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(hole), 0);
    return error;
}

static int load(uint32_t otherwise, bool trial, const char *hole, int *count) {
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (filter == NULL) return -ENOMEM;
    int error = allow_all(filter, count);
    if (error == 0 && trial) error = allow_trial(filter, hole);
    if (error == 0) error = seccomp_load(filter);
    seccomp_release(filter);
    return error;
}

// A child under the same filter tries; it borrows our memory until it dies, so this costs no copy.
static bool dies(const char *name) {
    pid_t child = vfork();
    if (child == 0) {
        lb_try_forbidden(name);
        _exit(0);
    }
    int status = 0;
    if (child < 0) return false;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

// Two filters, both of which hold for good. Under the first four children die of what it forbids, by a signal that the
// kernel does not log; the second one takes away what the trial needed, and kills whoever tries.
static const char *set_filter(lb_sandbox *out, const char *hole) {
    static const char *const trials[] = {"open", "socket", "execve", "ptrace"};
    int error = load(SCMP_ACT_TRAP, true, hole, &out->system_calls);
    if (error != 0) return refused("seccomp", -error);
    for (size_t index = 0; index < sizeof trials / sizeof *trials; index++) {
        if (!dies(trials[index])) {
            snprintf(message, sizeof message, "the system call filter does not stop %s", trials[index]);
            return message;
        }
        out->proved++;
    }
    if (limit(RLIMIT_NPROC, 0) != 0) return refused("RLIMIT_NPROC", errno);
    out->system_calls = 0;
    error = load(SCMP_ACT_KILL_PROCESS, false, NULL, &out->system_calls);
    return error == 0 ? NULL : refused("seccomp", -error);
}

const char *lb_lock(uint64_t memory, uint64_t cpu_seconds, const char *hole, lb_sandbox *out) {
    *out = (lb_sandbox){0};
    const char *failure = set_process();
    if (failure == NULL) failure = set_limits(memory, cpu_seconds, out);
    if (failure == NULL) failure = set_filter(out, hole);
    return failure;
}

void lb_try_forbidden(const char *name) {
    static char *const nothing[] = {NULL};
    if (strcmp(name, "open") == 0) syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);
    if (strcmp(name, "socket") == 0) syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    if (strcmp(name, "execve") == 0) syscall(SYS_execve, "/", nothing, nothing);
    if (strcmp(name, "ptrace") == 0) syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
}
