package telemetry

import (
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// OperatorHandler serves what is for the operator alone: /metrics,
// /debug/pprof/ and health. It asks for no credentials, so it belongs on an
// address that only the operator reaches.
func OperatorHandler(m *Metrics, h *Health) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(LivePath, h)
	mux.Handle(ReadyPath, h)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		// One broken figure must not hide the others in an outage.
		ErrorHandling: promhttp.ContinueOnError,
	}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
