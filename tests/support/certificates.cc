#include "tests/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace samples {

namespace {

using Path = std::filesystem::path;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

void extend(X509* certificate, int what, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate issue(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, long serial) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 24 * 3600);
  X509_set_pubkey(made.get(), key);
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer) : subject);
  extend(made.get(), NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
  if (issuer) extend(made.get(), NID_subject_alt_name, "DNS:" + name);
  if (X509_sign(made.get(), issuer_key, EVP_sha256()) == 0) throw std::runtime_error("cannot sign a certificate");
  return made;
}

template <class Write>
void save(const Path& path, Write write) {
  BIO* file = BIO_new_file(path.c_str(), "w");
  if (!file || write(file) != 1) throw std::runtime_error("cannot write " + path.string());
  BIO_free(file);
}
void save(const Path& path, X509* certificate) {
  save(path, [&](BIO* file) { return PEM_write_bio_X509(file, certificate); });
}
void save(const Path& path, EVP_PKEY* key) {
  save(path, [&](BIO* file) { return PEM_write_bio_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

}  // namespace

Certificates::Certificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "caseledger-tls-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
  folder = pattern;
  ca = folder / "ca.pem";
  server = folder / "server.pem";
  server_key = folder / "server.key";
  client = folder / "client.pem";
  client_key = folder / "client.key";
  const Key root = new_key(), own = new_key(), theirs = new_key();
  const Certificate authority = issue("Test authority", root.get(), nullptr, root.get(), 1);
  save(ca, authority.get());
  save(server, issue("localhost", own.get(), authority.get(), root.get(), 2).get());
  save(server_key, own.get());
  save(client, issue("client.example.org", theirs.get(), authority.get(), root.get(), 3).get());
  save(client_key, theirs.get());
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

}  // namespace samples
