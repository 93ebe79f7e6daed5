// SPDX-License-Identifier: Apache-2.0
#include "ccprobe.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void write_name(const X509_NAME *name, char *text, size_t size) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (memory == NULL) return;
    // RFC 2253 escapes control characters and whatever is not ASCII.
    if (X509_NAME_print_ex(memory, name, 0, XN_FLAG_RFC2253 & ~XN_FLAG_DN_REV) >= 0) {
        int count = BIO_read(memory, text, (int)size - 1);
        text[count > 0 ? count : 0] = 0;
    }
    BIO_free(memory);
}

static int64_t seconds(const ASN1_TIME *time) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return (int64_t)timegm(&parts);
}

static void append(char *text, size_t size, const char *more, size_t length) {
    size_t used = strlen(text);
    size_t needed = length + (used > 0 ? 2 : 0);
    if (length == 0 || used + needed >= size) return;
    if (used > 0) {
        memcpy(text + used, ", ", 2);
        used += 2;
    }
    memcpy(text + used, more, length);
    text[used + length] = 0;
}

static void write_names(X509 *leaf, char *text, size_t size) {
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    if (names == NULL) return;
    for (int index = 0; index < sk_GENERAL_NAME_num(names) && index < 64; index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        if (name->type == GEN_DNS) {
            const ASN1_IA5STRING *dns = name->d.dNSName;
            // A zero byte within would end the text early.
            int length = ASN1_STRING_length(dns);
            const unsigned char *bytes = ASN1_STRING_get0_data(dns);
            if (length > 0 && memchr(bytes, 0, (size_t)length) == NULL)
                append(text, size, (const char *)bytes, (size_t)length);
        } else if (name->type == GEN_IPADD) {
            const ASN1_OCTET_STRING *address = name->d.iPAddress;
            char *shown = NULL;
            char buffer[64];
            const unsigned char *bytes = ASN1_STRING_get0_data(address);
            if (ASN1_STRING_length(address) == 4) {
                snprintf(buffer, sizeof buffer, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
                shown = buffer;
            } else if (ASN1_STRING_length(address) == 16) {
                size_t at = 0;
                for (int pair = 0; pair < 8; pair++)
                    at += (size_t)snprintf(
                        buffer + at, sizeof buffer - at, "%s%x", pair ? ":" : "", bytes[2 * pair] << 8 | bytes[2 * pair + 1]);
                shown = buffer;
            }
            if (shown != NULL) append(text, size, shown, strlen(shown));
        }
    }
    GENERAL_NAMES_free(names);
}

// Stands in for X509_verify_cert: takes down what is shown and lets the handshake go on, so that the server has to prove
// that it holds the key. Nothing is sent afterwards.
static int take(X509_STORE_CTX *context, void *argument) {
    cc_probe *probe = argument;
    X509 *leaf = X509_STORE_CTX_get0_cert(context);
    unsigned int size = 0;
    uint8_t digest[EVP_MAX_MD_SIZE];
    if (leaf == NULL || X509_digest(leaf, EVP_sha256(), digest, &size) != 1 || size != sizeof probe->digest) return 0;
    memcpy(probe->digest, digest, sizeof probe->digest);
    write_name(X509_get_subject_name(leaf), probe->subject, sizeof probe->subject);
    write_name(X509_get_issuer_name(leaf), probe->issuer, sizeof probe->issuer);
    write_names(leaf, probe->names, sizeof probe->names);
    probe->self_signed = X509_NAME_cmp(X509_get_subject_name(leaf), X509_get_issuer_name(leaf)) == 0;
    probe->not_before = seconds(X509_get0_notBefore(leaf));
    probe->not_after = seconds(X509_get0_notAfter(leaf));
    probe->seen = true;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

static CURLcode install(CURL *easy, void *context, void *argument) {
    (void)easy;
    SSL_CTX *ssl = context;
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_cert_verify_callback(ssl, take, argument);
    return CURLE_OK;
}

int cc_probe_certificate(const char *url, long connect_ms, cc_probe *probe) {
    memset(probe, 0, sizeof *probe);
    CURL *easy = curl_easy_init();
    if (easy == NULL) return CURLE_FAILED_INIT;
    char words[CURL_ERROR_SIZE] = "";
    CURLcode code = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_URL, url);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    // The judge is `take`; the name is shown instead of being compared.
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, (void *)probe);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, install);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, connect_ms);
    if (code == CURLE_OK) code = curl_easy_perform(easy);
    probe->complete = code == CURLE_OK && probe->seen;
    const char *text = words[0] ? words : curl_easy_strerror(code);
    if (code != CURLE_OK) snprintf(probe->words, sizeof probe->words, "%s", text);
    curl_easy_cleanup(easy);
    return (int)code;
}
