// Package config holds every setting of Strowger in one plain struct.
//
// Guarantees:
//
//   - Every key has a default: the empty file is valid, and then there are no
//     users, no trunks and no private network that we may call out to.
//   - A key that is not known is refused with its line, in the file and in the
//     environment alike: a typing mistake never becomes a silent default.
//   - Validate reports everything that is wrong at once; each line names its
//     key and says what would be right.
//   - Nothing here opens a socket or reads a clock. Only Load, LoadDev and
//     EnsureResource touch files.
//
// The order of precedence is: environment, file, default. A scalar or a list
// of scalars at section.key is overridden by STROWGER_SECTION_KEY; lists are
// separated by commas. Users, trunks and subscriptions come from the file only.
package config
