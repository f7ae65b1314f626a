package notice

import (
	"encoding/json"
	"net/http"
)

// Path is where the server's operator address has the list.
const Path = "/sip/notices"

// ServeHTTP answers with all entries, a JSON array with the latest last. They name
// who calls whom, so it belongs on an address that only the operator reaches.
func (l *List) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "GET lists what SIP peers sent", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(l.Entries()) // an operator who went away
}
