// SPDX-License-Identifier: Apache-2.0
#include "ccertificates.h"
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension) return 0;
    int done = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}

static int add_name(X509_NAME *name, const char *field, const char *value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0);
}

static X509 *blank(EVP_PKEY *key, const char *unit, const char *common_name, long days) {
    X509 *certificate = X509_new();
    unsigned char serial[16];
    if (!certificate || RAND_bytes(serial, sizeof serial) != 1) goto failed;
    serial[0] = (serial[0] & 0x7f) | 1;
    BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
    if (!number) goto failed;
    ASN1_INTEGER *converted = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    X509_NAME *name = X509_get_subject_name(certificate);
    if (!converted || !X509_set_version(certificate, 2) || !X509_set_pubkey(certificate, key) ||
        !X509_gmtime_adj(X509_getm_notBefore(certificate), -86400) ||
        !X509_gmtime_adj(X509_getm_notAfter(certificate), 86400 * days) || !add_name(name, "OU", unit) ||
        !add_name(name, "O", "Simulated Proxmox VE") || !add_name(name, "CN", common_name))
        goto failed;
    return certificate;
failed:
    X509_free(certificate);
    return NULL;
}

static char *text_of(BIO *memory) {
    char *bytes = NULL;
    long count = BIO_get_mem_data(memory, &bytes);
    if (count <= 0) return NULL;
    char *copy = malloc((size_t)count + 1);
    if (!copy) return NULL;
    memcpy(copy, bytes, (size_t)count);
    copy[count] = 0;
    return copy;
}

static char *certificate_text(X509 *certificate) {
    BIO *memory = BIO_new(BIO_s_mem());
    char *text = memory && PEM_write_bio_X509(memory, certificate) ? text_of(memory) : NULL;
    BIO_free(memory);
    return text;
}

static char *key_text(EVP_PKEY *key) {
    BIO *memory = BIO_new(BIO_s_secmem());
    int done = memory && PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL);
    char *text = done ? text_of(memory) : NULL;
    BIO_free(memory);
    return text;
}

int certificates_make(const char *names, certificates *out) {
    int done = 0;
    memset(out, 0, sizeof *out);
    EVP_PKEY *authority_key = EVP_EC_gen("P-256");
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *authority = NULL, *leaf = NULL;
    if (!authority_key || !key) goto end;
    authority = blank(authority_key, "Cluster CA", "Simulated Cluster CA", 3650);
    leaf = blank(key, "Cluster Node", "localhost", 365);
    if (!authority || !leaf) goto end;
    if (!X509_set_issuer_name(authority, X509_get_subject_name(authority)) ||
        !add_extension(authority, authority, NID_basic_constraints, "critical,CA:TRUE") ||
        !add_extension(authority, authority, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(authority, authority, NID_subject_key_identifier, "hash") ||
        !X509_sign(authority, authority_key, EVP_sha256()))
        goto end;
    if (!X509_set_issuer_name(leaf, X509_get_subject_name(authority)) ||
        !add_extension(leaf, authority, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(leaf, authority, NID_ext_key_usage, "serverAuth") ||
        !add_extension(leaf, authority, NID_subject_key_identifier, "hash") ||
        !add_extension(leaf, authority, NID_authority_key_identifier, "keyid") ||
        !add_extension(leaf, authority, NID_subject_alt_name, names) || !X509_sign(leaf, authority_key, EVP_sha256()))
        goto end;
    unsigned int length = 0;
    if (!X509_digest(leaf, EVP_sha256(), out->fingerprint, &length) || length != sizeof out->fingerprint) goto end;
    out->authority = certificate_text(authority);
    out->leaf = certificate_text(leaf);
    out->key = key_text(key);
    done = out->authority && out->leaf && out->key;
end:
    X509_free(authority);
    X509_free(leaf);
    EVP_PKEY_free(authority_key);
    EVP_PKEY_free(key);
    if (!done) certificates_free(out);
    return done ? 0 : -1;
}

void certificates_free(certificates *made) {
    if (made->key) OPENSSL_cleanse(made->key, strlen(made->key));
    free(made->authority);
    free(made->leaf);
    free(made->key);
    made->authority = made->leaf = made->key = NULL;
}
