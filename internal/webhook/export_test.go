package webhook

// RetryAfter reads what an application answers, and is fuzzed.
var RetryAfter = retryAfter
