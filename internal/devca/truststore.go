package devca

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

var (
	oidData            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidFriendlyName    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidX509Certificate = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidCertBag         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidAnyUsage        = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
	// Oracle's attribute: Java takes a certificate for trusted only with it.
	oidTrustedKeyUsage = asn1.ObjectIdentifier{2, 16, 840, 1, 113894, 746875, 1, 1}
)

// The types of RFC 7292, 4, as far as a store of one certificate needs them.
type (
	pfx struct {
		Version  int
		AuthSafe contentInfo
	}
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content []byte `asn1:"explicit,tag:0"`
	}
	safeBag struct {
		ID         asn1.ObjectIdentifier
		Value      certBag     `asn1:"explicit,tag:0"`
		Attributes []attribute `asn1:"set"`
	}
	certBag struct {
		ID    asn1.ObjectIdentifier
		Value []byte `asn1:"explicit,tag:0"`
	}
	attribute struct {
		ID     asn1.ObjectIdentifier
		Values []any `asn1:"set"`
	}
)

// encodeTrustStore makes the PKCS #12 file (RFC 7292) that Java reads where
// others read PEM. It is neither encrypted nor authenticated: a certificate is
// no secret, and so Java needs no password for it.
func encodeTrustStore(cert *x509.Certificate) ([]byte, error) {
	bag := safeBag{
		ID:    oidCertBag,
		Value: certBag{oidX509Certificate, cert.Raw},
		Attributes: []attribute{
			{oidFriendlyName, []any{bmpString("strowger")}},
			{oidTrustedKeyUsage, []any{oidAnyUsage}},
		},
	}
	safe, err := asn1.Marshal([]safeBag{bag})
	if err != nil {
		return nil, fmt.Errorf("encode a trust store: %w", err)
	}
	safes, err := asn1.Marshal([]contentInfo{{oidData, safe}})
	if err != nil {
		return nil, fmt.Errorf("encode a trust store: %w", err)
	}
	return asn1.Marshal(pfx{Version: 3, AuthSafe: contentInfo{oidData, safes}})
}

func bmpString(s string) asn1.RawValue {
	var text []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		text = binary.BigEndian.AppendUint16(text, unit)
	}
	return asn1.RawValue{Tag: asn1.TagBMPString, Bytes: text}
}
