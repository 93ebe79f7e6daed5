// SPDX-License-Identifier: Apache-2.0
// A look at a server's certificate without a word to the server beyond the TLS handshake.
#ifndef CCPROBE_H
#define CCPROBE_H
#include <stdbool.h>
#include <stdint.h>

/// What a server showed. Texts end in a zero byte and are cut where they are longer.
typedef struct cc_probe {
    /// Whether a certificate was seen at all.
    bool seen;
    /// Whether the handshake came to its end, so that the server holds the certificate's key.
    bool complete;
    /// Whether it names itself as its issuer.
    bool self_signed;
    uint8_t digest[32];
    /// Seconds since 1970.
    int64_t not_before;
    int64_t not_after;
    char subject[512];
    char issuer[512];
    /// Names and addresses it is for, with commas between them.
    char names[1024];
    /// What went wrong, where something did.
    char words[256];
} cc_probe;

/// Makes a connection, does the TLS handshake, takes what the server shows and hangs up; no byte of HTTP is sent.
///
/// Returns libcurl's result code. Nothing is judged: what was seen is for a person to look at.
int cc_probe_certificate(const char *_Nonnull url, long connect_ms, cc_probe *_Nonnull probe);

#endif
