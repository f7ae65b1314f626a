// Package codec turns payload bytes into samples and back, and changes rates.
//
// Guarantees: encoders, decoders and the half-band resamplers never allocate
// after they are made, never fail and never keep their arguments. Each
// instance belongs to one stream and one goroutine; Codec values may be shared.
package codec
