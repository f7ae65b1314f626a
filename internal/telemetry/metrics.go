package telemetry

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// prefix begins the name of every metric of ours.
const prefix = "strowger_"

// Metrics is what is counted.
type Metrics struct {
	registry *prometheus.Registry
}

// NewMetrics has the process's and the runtime's figures, and which version runs.
func NewMetrics(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: prefix + "build_info", Help: "Always 1; the label names the version.",
		ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 }))
	return m
}

// Labels tell the series of one metric apart, for example {"trunk": "carrier"}.
type Labels map[string]string

// Figure is one value: a level, such as calls now, or a count.
type Figure struct {
	Name    string // without the strowger_ in front, and the _total behind a counter
	Help    string
	Labels  Labels
	Value   float64
	Counter bool // it only grows
}

// Add registers a source of figures. It is read at each scrape, from any
// goroutine; its figures may come and go in between.
func (m *Metrics) Add(read func() []Figure) { m.registry.MustRegister(unchecked{read}) }

// unchecked describes nothing beforehand, which lets figures come and go; the
// registry still refuses a scrape that contradicts itself.
type unchecked struct{ read func() []Figure }

func (unchecked) Describe(chan<- *prometheus.Desc) {}

func (u unchecked) Collect(out chan<- prometheus.Metric) {
	for _, f := range u.read() {
		name, kind := prefix+f.Name, prometheus.GaugeValue
		if f.Counter {
			name, kind = name+"_total", prometheus.CounterValue
		}
		desc := prometheus.NewDesc(name, f.Help, nil, prometheus.Labels(f.Labels))
		metric, err := prometheus.NewConstMetric(desc, kind, f.Value)
		if err != nil {
			metric = prometheus.NewInvalidMetric(desc, fmt.Errorf("figure %s: %w", f.Name, err))
		}
		out <- metric
	}
}
