//go:build linux && (amd64 || arm64)

package rtp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"strowger/internal/media"
)

const (
	// pollBatch is how many packets one system call takes. One is due each
	// time; a call that brings fewer than it could has emptied the socket.
	pollBatch = 4
	// pollRounds bounds how many calls one Poll makes.
	pollRounds = 16

	// A socket that was polled in each of steadyPolls frames is left to the
	// clock, and looked after once in a restWatch.
	steadyPolls = 50
	restWatch   = time.Second
)

// udp is a Poller on one unconnected socket. The runtime's network poller does
// not know the socket: being told of every single packet costs several times
// what the packet itself does, and the clock comes by every 20 ms anyway.
type udp struct {
	file    *os.File // in blocking mode, which keeps the runtime off it
	raw     syscall.RawConn
	local   netip.AddrPort
	release func()

	woken   chan struct{}
	gone    chan struct{}
	closing sync.Once
	closed  error

	polls atomic.Uint64
	watch watch // of the goroutine in ReadPacket

	in  inlet  // of the goroutine that polls
	out outlet // of the clock
}

func listenUDP(at netip.AddrPort, release func()) (PacketIO, error) {
	fd, err := bound(at)
	if err != nil {
		return nil, err
	}
	local, err := unix.Getsockname(fd)
	if err != nil {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("getsockname", err)
	}
	u := &udp{
		file: os.NewFile(uintptr(fd), "rtp"), local: addrPort(local), release: release,
		woken: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	if u.raw, err = u.file.SyscallConn(); err != nil {
		_ = u.file.Close()
		return nil, err
	}
	u.in.init()
	u.out.init()
	return u, nil
}

// bound is a new socket. Its family is that of the address, so that addresses
// on an IPv4 socket are IPv4 addresses and not mapped ones.
func bound(at netip.AddrPort) (fd int, err error) {
	family := unix.AF_INET6
	var name unix.Sockaddr = &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16(), ZoneId: zoneID(at.Addr().Zone())}
	if at.Addr().Is4() {
		family, name = unix.AF_INET, &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	if fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if family == unix.AF_INET6 {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if err == nil {
		// When a packet came is the kernel's to say, as it waits there.
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, os.NewSyscallError("setsockopt", err)
	}
	if err = unix.Bind(fd, name); err != nil {
		_ = unix.Close(fd)
		return -1, os.NewSyscallError("bind", err)
	}
	return fd, nil
}

// ReadPacket waits. As long as the clock polls, it returns only when it is woken; a leg that is in no room is polled by whoever reads.
func (u *udp) ReadPacket([]byte) (int, netip.AddrPort, error) {
	timer := u.watch.start()
	for {
		select {
		case <-u.gone:
			return 0, netip.AddrPort{}, os.ErrClosed
		case <-u.woken:
			return 0, netip.AddrPort{}, os.ErrDeadlineExceeded
		case <-timer.C:
			if u.watch.look(u.polls.Load()) {
				return 0, netip.AddrPort{}, os.ErrDeadlineExceeded
			}
		}
	}
}

func (u *udp) Poll(take func([]byte, netip.AddrPort, time.Time)) {
	u.polls.Add(1)
	for range pollRounds {
		n := u.in.receive(u.raw)
		u.in.hand(n, take)
		if n < pollBatch {
			return
		}
	}
}

func (u *udp) WritePacket(b []byte, to netip.AddrPort) error { return u.out.send(u.raw, b, to) }

// WriteControl implements muxer.
func (u *udp) WriteControl(b []byte, to netip.AddrPort) error {
	var o outlet
	o.init()
	return o.send(u.raw, b, to)
}

func (u *udp) Wake() {
	select {
	case u.woken <- struct{}{}:
	default:
	}
}

func (u *udp) LocalAddr() netip.AddrPort { return u.local }

func (u *udp) Close() error {
	u.closing.Do(func() {
		close(u.gone)
		u.closed = u.file.Close()
		u.release()
	})
	return u.closed
}

// watch knows when somebody should look whether the clock still polls.
type watch struct {
	timer  *time.Timer
	every  time.Duration
	seen   uint64 // polls as of the last look, that look's own among them
	steady int    // frames in a row in which the clock polled
}

func (w *watch) start() *time.Timer {
	if w.timer == nil {
		w.every = media.FrameDuration
		w.timer = time.NewTimer(w.every)
	}
	return w.timer
}

// look reports whether somebody should poll, as the clock does not. While it does,
// nobody else may: a frame that finds another at it would go without its packet.
func (w *watch) look(polls uint64) (poll bool) {
	byClock := polls - w.seen
	w.seen = polls
	switch {
	case w.every == restWatch && byClock < uint64(media.Frames(restWatch)/2), byClock == 0:
		w.every, w.steady = media.FrameDuration, 0
	case w.steady < steadyPolls:
		w.steady++
	default:
		w.every = restWatch
	}
	w.timer.Reset(w.every)
	if byClock == 0 {
		w.seen++ // whoever is told will poll
	}
	return byClock == 0
}

// name is a socket address as the kernel writes it, of either family.
type name [unix.SizeofSockaddrInet6]byte

// inlet is everything that receiving needs, made once.
type inlet struct {
	control  func(fd uintptr) // receives; a closure made per call would be garbage
	received int

	headers [pollBatch]struct {
		unix.Msghdr
		length uint32
		_      uint32
	}
	vectors [pollBatch]unix.Iovec
	names   [pollBatch]name
	stamps  [pollBatch][unix.SizeofCmsghdr + 16]byte // a control message with a time
	packets [pollBatch][packetSize]byte

	// Who sent the last packet sends the next one.
	lastName name
	last     netip.AddrPort
}

func (in *inlet) init() {
	for i := range in.headers {
		h := &in.headers[i]
		in.vectors[i].Base = &in.packets[i][0]
		in.vectors[i].SetLen(packetSize)
		h.Iov = &in.vectors[i]
		h.SetIovlen(1)
		h.Name = &in.names[i][0]
		h.Control = &in.stamps[i][0]
	}
	in.control = func(fd uintptr) {
		// A raw system call: it never waits, so the scheduler need not know.
		n, _, failed := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&in.headers)), pollBatch, unix.MSG_DONTWAIT, 0, 0)
		if failed == 0 {
			in.received = int(n)
		}
	}
}

// receive takes up to pollBatch packets. An error is as good as none: the
// socket is bound to no peer, so there is nothing to be learnt from it.
func (in *inlet) receive(raw syscall.RawConn) int {
	for i := range in.headers {
		in.headers[i].Namelen = unix.SizeofSockaddrInet6
		in.headers[i].SetControllen(len(in.stamps[i]))
	}
	in.received = 0
	_ = raw.Control(in.control)
	return in.received
}

func (in *inlet) hand(n int, take func([]byte, netip.AddrPort, time.Time)) {
	if n == 0 {
		return
	}
	now := time.Now()
	wall := now.UnixNano()
	for i := range n {
		take(in.packets[i][:in.headers[i].length], in.from(i), now.Add(-in.age(i, wall)))
	}
}

func (in *inlet) from(i int) netip.AddrPort {
	if in.names[i] != in.lastName || !in.last.IsValid() {
		in.lastName, in.last = in.names[i], in.names[i].addrPort()
	}
	return in.last
}

func (in *inlet) age(i int, now int64) time.Duration {
	h, stamp := &in.headers[i], &in.stamps[i]
	c := (*unix.Cmsghdr)(unsafe.Pointer(stamp))
	if int(h.Controllen) < len(stamp) || c.Level != unix.SOL_SOCKET || c.Type != unix.SO_TIMESTAMPNS {
		return 0
	}
	seconds := int64(binary.NativeEndian.Uint64(stamp[unix.SizeofCmsghdr:]))
	nanoseconds := int64(binary.NativeEndian.Uint64(stamp[unix.SizeofCmsghdr+8:]))
	return time.Duration(max(now-seconds*int64(time.Second)-nanoseconds, 0))
}

func (n *name) addrPort() netip.AddrPort {
	port := binary.BigEndian.Uint16(n[2:])
	if binary.NativeEndian.Uint16(n[:]) == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(n[4:8])), port)
	}
	ip := netip.AddrFrom16([16]byte(n[8:24]))
	if scope := binary.NativeEndian.Uint32(n[24:]); scope != 0 {
		ip = ip.WithZone(strconv.FormatUint(uint64(scope), 10))
	}
	return netip.AddrPortFrom(ip, port)
}

// outlet is everything that sending needs, made once.
type outlet struct {
	control func(fd uintptr) // sends packet
	packet  []byte
	failed  syscall.Errno

	to     netip.AddrPort // what name says
	name   name
	length uintptr
}

func (o *outlet) init() {
	o.control = func(fd uintptr) {
		_, _, o.failed = unix.RawSyscall6(unix.SYS_SENDTO, fd,
			uintptr(unsafe.Pointer(unsafe.SliceData(o.packet))), uintptr(len(o.packet)),
			unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&o.name)), o.length)
	}
}

func (o *outlet) send(raw syscall.RawConn, b []byte, to netip.AddrPort) error {
	if to != o.to {
		o.to = to
		o.length = o.name.set(to)
	}
	o.packet, o.failed = b, 0
	if err := raw.Control(o.control); err != nil {
		return err
	}
	if o.failed != 0 {
		return o.failed
	}
	return nil
}

// set writes an address, and tells its length.
func (n *name) set(to netip.AddrPort) (length uintptr) {
	*n = name{}
	binary.BigEndian.PutUint16(n[2:], to.Port())
	if to.Addr().Is4() {
		binary.NativeEndian.PutUint16(n[:], unix.AF_INET)
		ip := to.Addr().As4()
		copy(n[4:], ip[:])
		return unix.SizeofSockaddrInet4
	}
	binary.NativeEndian.PutUint16(n[:], unix.AF_INET6)
	ip := to.Addr().As16()
	copy(n[8:], ip[:])
	binary.NativeEndian.PutUint32(n[24:], zoneID(to.Addr().Zone()))
	return unix.SizeofSockaddrInet6
}

// zoneID is the index of the interface that an address's zone names.
func zoneID(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if id, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(id)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}

func addrPort(s unix.Sockaddr) netip.AddrPort {
	switch s := s.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(s.Addr), uint16(s.Port))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(s.Addr)
		if s.ZoneId != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(s.ZoneId), 10))
		}
		return netip.AddrPortFrom(ip, uint16(s.Port))
	}
	return netip.AddrPort{}
}
