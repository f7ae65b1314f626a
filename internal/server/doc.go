// Package server is where the parts meet: it builds them from the settings,
// starts them, and stops them in reverse order. It holds no rule.
//
// Order of life. Everything that can be refused (settings, files, ports) is
// refused before anything runs. So is found out which calls a process that died
// has left: they are ended before anything else can be asked of them, and whoever
// calls meanwhile is served. The server says that it is ready when they are over.
// On the way down new calls are refused first, live ones are given their time,
// then the phones are hung up, the applications are told, and only then do the
// parts stop.
package server
