// SPDX-License-Identifier: Apache-2.0
// What Swift cannot call itself: libcurl's variadic functions, and the judgement of a server's certificate.
#ifndef CCURL_H
#define CCURL_H
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cchmac.h"
#include "ccprobe.h"

/// Begins to load libcurl on a thread of its own, once; whoever calls it before that is done waits for the rest.
void cc_prepare(void);

typedef size_t (*cc_data_function)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);
typedef int (*cc_ready_function)(
    void *_Nullable context, char *_Nullable peer, char *_Nullable local, int peer_port, int local_port);

static inline CURLcode cc_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_size(CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_text(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_pointer(CURL *_Nonnull easy, CURLoption option, void *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_list(CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode cc_set_body_function(
    CURL *_Nonnull easy, cc_data_function _Nonnull function, void *_Nullable context) {
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
}
static inline CURLcode cc_set_header_function(
    CURL *_Nonnull easy, cc_data_function _Nonnull function, void *_Nullable context) {
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    return curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
}
/// The function is called when a connection stands and before the first byte of a request is written to it.
static inline CURLcode cc_set_ready_function(
    CURL *_Nonnull easy, cc_ready_function _Nonnull function, void *_Nullable context) {
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
}
static inline CURLcode cc_get_long(CURL *_Nonnull easy, CURLINFO info, long *_Nonnull value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLcode cc_get_pointer(CURL *_Nonnull easy, CURLINFO info, void *_Nullable *_Nonnull value) {
    return curl_easy_getinfo(easy, info, value);
}
static inline CURLMcode cc_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
/// The result of a transfer that ended; only for messages of the kind CURLMSG_DONE.
static inline CURLcode cc_message_result(const CURLMsg *_Nonnull message) { return message->data.result; }

/// The certificates that are accepted from one server.
typedef struct cc_trust cc_trust;

/// Makes a judge of certificates.
///
/// `pins` holds `count` SHA-256 digests of 32 bytes each. With `pins_only` they alone decide, and no pins means that
/// nothing is accepted; otherwise the chain must be valid as well, and no pins means that the chain alone decides.
cc_trust *_Nullable cc_trust_new(const uint8_t *_Nullable pins, size_t count, bool pins_only);

/// Frees a judge; no connection that was made with it may be left.
void cc_trust_free(cc_trust *_Nullable trust);

/// Has every connection of this handle judged during its TLS handshake, before any request can be sent.
CURLcode cc_set_trust(CURL *_Nonnull easy, cc_trust *_Nonnull trust);

/// Whether this handle's last connection was refused because no pin matched.
bool cc_pin_refused(CURL *_Nonnull easy);

/// The SHA-256 of the last certificate that no pin matched, in 32 bytes.
void cc_refused_digest(const cc_trust *_Nonnull trust, uint8_t *_Nonnull digest);

#endif
