package wire

// ErrorBody is what every refused request is answered with.
type ErrorBody struct {
	Error Error `json:"error"`
}

// Error is one fault. Code is usually the published numeric subcode, as a
// string ("8522").
type Error struct {
	Code       string  `json:"code"`
	Message    string  `json:"message"`
	Target     string  `json:"target,omitempty"`
	Details    []Error `json:"details,omitempty"`
	InnerError *Error  `json:"innererror,omitempty"`
}
