package telemetry

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// prefix begins the name of every metric of ours.
const prefix = "strowger_"

// Metrics is what is counted. Its methods register a metric and panic when its
// name is taken or wrong: that is a programming mistake.
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

// Gauge reads a level, such as calls now, whenever it is scraped. read must be
// safe to call from any goroutine.
func (m *Metrics) Gauge(name, help string, labels Labels, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: prefix + name, Help: help, ConstLabels: prometheus.Labels(labels),
	}, read))
}

// Counter reads a count that only grows, such as frames lost, whenever it is
// scraped. read must be safe to call from any goroutine.
func (m *Metrics) Counter(name, help string, labels Labels, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: prefix + name + "_total", Help: help, ConstLabels: prometheus.Labels(labels),
	}, read))
}

// CounterBy makes a counter whose series are told apart by values that are only
// known when something is counted. Keep them few: an outcome, never a call's id.
func (m *Metrics) CounterBy(name, help string, labels ...string) func(values ...string) {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name + "_total", Help: help}, labels)
	m.registry.MustRegister(vec)
	return func(values ...string) { vec.WithLabelValues(values...).Inc() }
}

// Seconds makes a histogram of durations, from a tenth of a millisecond to ten
// seconds: what a command, an append or a webhook takes.
func (m *Metrics) Seconds(name, help string, labels ...string) func(seconds float64, values ...string) {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + name + "_seconds", Help: help,
		Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, labels)
	m.registry.MustRegister(vec)
	return func(seconds float64, values ...string) { vec.WithLabelValues(values...).Observe(seconds) }
}

// Source is a package with figures of its own: it is asked when it is scraped
// and names each of its figures without the strowger_ in front.
type Source interface {
	Figures() []Figure
}

// Figure is one value of a Source.
type Figure struct {
	Name    string
	Help    string
	Labels  Labels
	Value   float64
	Counter bool // it only grows
}

// Add registers a source. Its figures may come and go between scrapes.
func (m *Metrics) Add(s Source) { m.registry.MustRegister(unchecked{s}) }

// unchecked describes nothing beforehand, which lets figures come and go; the
// registry still refuses a scrape that contradicts itself.
type unchecked struct{ source Source }

func (unchecked) Describe(chan<- *prometheus.Desc) {}

func (u unchecked) Collect(out chan<- prometheus.Metric) {
	for _, f := range u.source.Figures() {
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
