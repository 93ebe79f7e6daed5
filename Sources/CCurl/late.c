// SPDX-License-Identifier: Apache-2.0
// libcurl, loaded when it is first called rather than before main.
//
// With the thirty libraries that it brings it takes longer to load than all else; what runs on the embedded cluster never
// calls it, and what talks to a server loads it while the worker comes up (cc_prepare). The names are libcurl's own and stay inside this
// program: headers, callers and what they mean are as if it were linked.
#include "ccurl.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define INSIDE __attribute__((visibility("hidden")))

// Each function with the value that stands for "there is no libcurl".
#define FUNCTIONS(each)                                                                    \
    each(CURLcode, CURLE_FAILED_INIT, curl_global_init, (long flags), (flags))             \
    each(CURL *, NULL, curl_easy_init, (void), ())                                         \
    each(CURLcode, CURLE_FAILED_INIT, curl_easy_perform, (CURL *easy), (easy))             \
    each(const char *, "libcurl cannot be loaded", curl_easy_strerror, (CURLcode code), (code)) \
    each(struct curl_slist *, NULL, curl_slist_append, (struct curl_slist *list, const char *text), (list, text)) \
    each(CURLM *, NULL, curl_multi_init, (void), ())                                       \
    each(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_add_handle, (CURLM *multi, CURL *easy), (multi, easy)) \
    each(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_remove_handle, (CURLM *multi, CURL *easy), (multi, easy)) \
    each(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_perform, (CURLM *multi, int *running), (multi, running)) \
    each(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_poll,                                 \
         (CURLM *multi, struct curl_waitfd extra[], unsigned int count, int timeout, int *ready), \
         (multi, extra, count, timeout, ready))                                            \
    each(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_wakeup, (CURLM *multi), (multi))      \
    each(CURLMsg *, NULL, curl_multi_info_read, (CURLM *multi, int *left), (multi, left))  \
    each(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_cleanup, (CURLM *multi), (multi))

#define PROCEDURES(each)                                                   \
    each(curl_easy_cleanup, (CURL *easy), (easy))                          \
    each(curl_slist_free_all, (struct curl_slist *list), (list))

static struct {
#define POINTER(type, otherwise, name, parameters, arguments) type(*name) parameters;
#define VOID_POINTER(name, parameters, arguments) void(*name) parameters;
    FUNCTIONS(POINTER)
    PROCEDURES(VOID_POINTER)
    CURLcode (*curl_easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*curl_easy_getinfo)(CURL *easy, CURLINFO info, ...);
    CURLMcode (*curl_multi_setopt)(CURLM *multi, CURLMoption option, ...);
} library;

static void load(void) {
    void *handle = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
    if (handle == NULL) return;
#define FIND(type, otherwise, name, parameters, arguments) library.name = (type(*) parameters)dlsym(handle, #name);
#define VOID_FIND(name, parameters, arguments) library.name = (void (*) parameters)dlsym(handle, #name);
    FUNCTIONS(FIND)
    PROCEDURES(VOID_FIND)
    library.curl_easy_setopt = (CURLcode(*)(CURL *, CURLoption, ...))dlsym(handle, "curl_easy_setopt");
    library.curl_easy_getinfo = (CURLcode(*)(CURL *, CURLINFO, ...))dlsym(handle, "curl_easy_getinfo");
    library.curl_multi_setopt = (CURLMcode(*)(CURLM *, CURLMoption, ...))dlsym(handle, "curl_multi_setopt");
}

static void loaded(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
}

static void *prepare(void *nothing) {
    loaded();
    if (library.curl_global_init != NULL) library.curl_global_init(CURL_GLOBAL_DEFAULT);
    return nothing;
}

void cc_prepare(void) {
    static atomic_flag begun = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&begun)) return;
    pthread_t thread;
    // Where there is no thread to be had, the first call loads it.
    if (pthread_create(&thread, NULL, prepare, NULL) == 0) pthread_detach(thread);
}

#define DEFINE(type, otherwise, name, parameters, arguments)    \
    INSIDE type name parameters {                               \
        loaded();                                               \
        return library.name == NULL ? otherwise : library.name arguments; \
    }
#define VOID_DEFINE(name, parameters, arguments)                \
    INSIDE void name parameters {                               \
        loaded();                                               \
        if (library.name != NULL) library.name arguments;       \
    }
FUNCTIONS(DEFINE)
PROCEDURES(VOID_DEFINE)

// The one argument behind the option is a long, a pointer or a curl_off_t: each fills one register where pvelua runs.
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *), "64 bits");
#define DEFINE_OPTION(type, otherwise, name, handle, option)    \
    INSIDE type name(handle subject, option which, ...) {       \
        va_list rest;                                           \
        va_start(rest, which);                                  \
        void *value = va_arg(rest, void *);                     \
        va_end(rest);                                           \
        loaded();                                               \
        return library.name == NULL ? otherwise : library.name(subject, which, value); \
    }
DEFINE_OPTION(CURLcode, CURLE_FAILED_INIT, curl_easy_setopt, CURL *, CURLoption)
DEFINE_OPTION(CURLcode, CURLE_FAILED_INIT, curl_easy_getinfo, CURL *, CURLINFO)
DEFINE_OPTION(CURLMcode, CURLM_INTERNAL_ERROR, curl_multi_setopt, CURLM *, CURLMoption)
