// Package server is where the parts meet: it builds them from the settings,
// starts them, and stops them in reverse order. It holds no rule.
//
// Order of life. Everything that can be refused (settings, files, ports) is
// refused before anything runs. The calls of a process that died are ended
// before the first request is taken. On the way down new calls are refused
// first, live ones are given their time, then the phones are hung up, the
// applications are told, and only then do the parts stop.
package server
