// Authorities and certificates that tests make for themselves.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace pawl::engine {

constexpr long kDaySeconds = 24L * 60 * 60;

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* what) const {
    free_it(what);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

inline Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("no key");
  return key;
}

inline void add_extension(X509* certificate, int kind, const std::string& value) {
  using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    throw std::runtime_error("no extension " + value);
}

// A certificate for the days from `first_day` to `last_day`, counted from today.
struct Validity {
  long first_day = -1;
  long last_day = 1;
};

inline Certificate new_certificate(const std::string& name, EVP_PKEY* key, Validity validity) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.first_day * kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.last_day * kDaySeconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()),
                             "CN",
                             MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()),
                             -1,
                             -1,
                             0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

// An authority of the test's own.
struct Authority {
  explicit Authority(const std::string& name)
      : key(new_key()), certificate(new_certificate(name, key.get(), {})) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  }
  void write(const std::string& path) const {
    const Bio file(BIO_new_file(path.c_str(), "w"));
    PEM_write_bio_X509(file.get(), certificate.get());
  }
  Key key;
  Certificate certificate;
};

struct Identity {
  // `names`: "DNS:localhost,IP:127.0.0.1"
  Identity(const Authority& authority, const std::string& names, Validity validity = {})
      : key(new_key()), certificate(new_certificate("server", key.get(), validity)) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.certificate.get()));
    add_extension(certificate.get(), NID_subject_alt_name, names);
    X509_sign(certificate.get(), authority.key.get(), EVP_sha256());
  }
  void write(const std::string& certificate_path, const std::string& key_path) const {
    const Bio file(BIO_new_file(certificate_path.c_str(), "w"));
    PEM_write_bio_X509(file.get(), certificate.get());
    const Bio key_file(BIO_new_file(key_path.c_str(), "w"));
    PEM_write_bio_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  Key key;
  Certificate certificate;
};

}  // namespace pawl::engine
