# Makes what `go test -bench -benchmem` prints readable: the package once, one
# line for each benchmark with time and memory for one operation, and one for
# each figure of its own. Everything else but noise (a failure) stays as it is.
/^(goos|goarch|cpu):/ || /^(PASS|ok|\?)([ \t]|$)/ { next }
/^pkg:/ { package = $2; sub(/^strowger\//, "", package); next }
!/^Benchmark/ || NF < 4 { print; next }
{
	if (package != printed) { print "\n" package; printed = package }
	name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name)
	figures = ""; split("", of)
	for (i = 3; i < NF; i += 2) {
		of[$(i + 1)] = $i
		if ($(i + 1) !~ /^(ns|B|allocs)\/op$/) figures = figures sprintf("    %-26s %10s\n", $(i + 1), $i)
	}
	printf "  %-28s %10s  %9d B  %7d allocations\n%s", name, duration(of["ns/op"]), of["B/op"], of["allocs/op"], figures
}
function duration(ns) {
	if (ns >= 1e6) return sprintf("%.2f ms", ns / 1e6)
	if (ns >= 1e3) return sprintf("%.2f us", ns / 1e3)
	return sprintf("%.0f ns", ns)
}
