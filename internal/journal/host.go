package journal

import (
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// host is the embedded server with its files. NATS closes a stream for good at
// the first write that fails: the server is then started again in this process,
// while those who use it wait.
type host struct {
	config Config
	disk   *disk
	unlock func() // of the directory
	log    *slog.Logger

	mu     sync.Mutex
	server *server.Server // nil when it could not be started again
	pause  time.Duration  // between two starts
	next   time.Time      // no start before
}

const (
	restartPause     = time.Second
	restartPauseMost = 30 * time.Second
)

func openHost(c Config, log *slog.Logger) (*host, error) {
	unlock, err := lockDir(c.Dir)
	if err != nil {
		return nil, err
	}
	h := &host{config: c, disk: newDisk(c), unlock: unlock, log: log}
	h.disk.spare()
	if h.server, err = startServer(c, log); err != nil {
		unlock()
		return nil, err
	}
	return h, nil
}

func (h *host) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server != nil {
		stopServer(h.server)
	}
	h.unlock()
}

var errNotRunning = errors.New("embedded NATS is not running")

// InProcessConn connects to the server that runs now.
func (h *host) InProcessConn() (net.Conn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server == nil {
		return nil, errNotRunning
	}
	return h.server.InProcessConn()
}

// fault is why the server cannot write.
func (h *host) fault() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server == nil {
		return errNotRunning
	}
	for _, e := range h.server.Healthz(&server.HealthzOptions{Details: true}).Errors {
		if e.Type != server.HealthzErrorConn { // which a server that is merely busy has too
			return errors.New(e.Error)
		}
	}
	return nil
}

// well notes that the server writes: the next fault is mended at once.
func (h *host) well() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pause = 0
}

// restart starts the server again because of a fault. It is for one goroutine.
// The pause grows from one start to the next: a disk that is broken is not mended
// by it.
func (h *host) restart(fault error) error {
	if err := h.disk.admit(0, false); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Now().Before(h.next) {
		return fault
	}
	h.pause = min(max(2*h.pause, restartPause), restartPauseMost)
	h.next = time.Now().Add(h.pause)
	h.log.Warn("the journal's embedded NATS server could not write and is started again", slog.String("error", fault.Error()))
	if h.server != nil {
		stopServer(h.server)
		h.server = nil
	}
	s, err := startServer(h.config, h.log)
	if err != nil {
		return err
	}
	h.server = s
	return nil
}
