// Package catalog shows the operator which recordings there are, gives them and
// deletes them.
//
// It guarantees:
//
//   - It answers programs on this machine only.
//   - What a list costs has a bound: so many recordings of the newest are described,
//     and of a time that is given only its days are looked at.
//   - A recording is given by the code that gives it to applications, and deleted so.
//   - Recordings that are not in the store yet are listed too, with what keeps them.
package catalog
