// Package meter bounds how much may come from where, in memory of a fixed size.
//
// What it promises:
//
//   - A key that is alone gets exactly its rate and its burst.
//   - Nobody is remembered one by one, so no number of keys makes it grow, scan or
//     forget anything. Keys share buckets by chance, which nobody outside can
//     predict: one that uses up its own is unlikely to cost another anything, and
//     a flood from everywhere is spread over all of them.
package meter
