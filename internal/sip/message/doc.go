// Package message reads SIP messages: it cuts them out of datagrams and streams
// (RFC 3261 18.3), and reads their lines as the grammar of RFC 3261 25 has them,
// into the messages of sipgo.
//
// What it promises:
//
//   - White space, folded lines, compact names, quoting and escapes, and blank
//     lines before a message are what the grammar allows, on every transport.
//     All valid messages of RFC 4475 are read.
//   - What is no message, or a malformed one, is a *Fault that says to people what
//     is wrong. With the fault of a request comes as much of it as could be read,
//     so that it can be answered.
//   - A response is lost only for a fault in what it takes to find its request.
//   - A message, its head and its body together, has 65,535 bytes at most, and a
//     stream keeps no more than one of them and what came after it.
//   - A keep-alive (RFC 5626 3.5.1) is one only between two messages of a stream.
//   - What was read is written as it was meant, blanks and quotes aside: a
//     response can copy the header fields of its request.
//   - Nothing that comes from outside panics, and the cost of reading is linear.
//
// Names of header fields come out in their long form, names of parameters in
// lower case (both compare without case). Values of parameters keep their quotes,
// unless there are blanks between them: sipgo writes quotes around such a value,
// and around no other.
//
// It does not stand on sipgo's own parser, which refuses or misreads much of the
// above: blanks inside Via and CSeq, commas and semicolons between quotes, several
// fields where there may be one, methods in lower case.
package message
