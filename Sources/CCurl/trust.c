// SPDX-License-Identifier: Apache-2.0
// Certificate pins. libcurl's own pinning compares public keys, after the handshake; Proxmox shows and copies SHA-256
// fingerprints of certificates, so they are compared here, inside the handshake.
#include "ccurl.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST_SIZE = 32 };

struct cc_trust {
    bool pins_only;
    uint8_t refused[DIGEST_SIZE];
    size_t count;
    uint8_t pins[][DIGEST_SIZE];
};

cc_trust *cc_trust_new(const uint8_t *pins, size_t count, bool pins_only) {
    if (count > 1024) return NULL;
    cc_trust *trust = calloc(1, sizeof(cc_trust) + count * DIGEST_SIZE);
    if (trust == NULL) return NULL;
    trust->pins_only = pins_only;
    trust->count = count;
    if (count > 0) memcpy(trust->pins, pins, count * DIGEST_SIZE);
    return trust;
}

void cc_trust_free(cc_trust *trust) { free(trust); }

static bool is_pinned(cc_trust *trust, X509 *leaf) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (leaf == NULL || X509_digest(leaf, EVP_sha256(), digest, &size) != 1 || size != DIGEST_SIZE) return false;
    for (size_t index = 0; index < trust->count; index++) {
        if (memcmp(trust->pins[index], digest, DIGEST_SIZE) == 0) return true;
    }
    memcpy(trust->refused, digest, DIGEST_SIZE);
    return false;
}

// Stands in for X509_verify_cert, which OpenSSL would call here.
static int judge(X509_STORE_CTX *context, void *argument) {
    cc_trust *trust = argument;
    if (trust->pins_only || trust->count > 0) {
        if (!is_pinned(trust, X509_STORE_CTX_get0_cert(context))) {
            X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION);
            return 0;
        }
    }
    if (trust->pins_only) {
        X509_STORE_CTX_set_error(context, X509_V_OK);
        return 1;
    }
    return X509_verify_cert(context);
}

static CURLcode install(CURL *easy, void *context, void *argument) {
    (void)easy;
    SSL_CTX *ssl = context;
    // A certificate is judged once a connection; a second handshake could bring another one.
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_cert_verify_callback(ssl, judge, argument);
    return CURLE_OK;
}

CURLcode cc_set_trust(CURL *easy, cc_trust *trust) {
    // Always on; what is accepted is the judge's affair. With pins alone the name does not matter: a node's address is
    // often not in its certificate (pve-facts §3), and the digest says more than a name does.
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, trust->pins_only ? 0L : 2L);
    // A resumed session would skip the judge.
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, (void *)trust);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, install);
    return code;
}

bool cc_pin_refused(CURL *easy) {
    long result = 0;
    if (curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result) != CURLE_OK) return false;
    return result == X509_V_ERR_APPLICATION_VERIFICATION;
}

void cc_refused_digest(const cc_trust *trust, uint8_t *digest) { memcpy(digest, trust->refused, DIGEST_SIZE); }
