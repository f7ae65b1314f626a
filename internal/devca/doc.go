// Package devca is a certificate authority for one laptop: https://, tls:// and
// wss:// work in development without anybody buying a certificate.
//
// Guarantees:
//
//   - The authority is made on first use and kept: a client that trusts CAFile or
//     TrustStoreFile once trusts the server after every restart.
//   - Its key is readable by its owner only (0600) and never leaves the
//     directory; the key of the server certificate never touches the disk.
//   - The server certificate names localhost, 127.0.0.1, ::1 and the hosts
//     given, and is made anew, in a running server too, before it expires.
//   - A damaged authority is reported, not replaced: clients trust the old one.
package devca
