package eventgrid

// TypeSubscriptionValidation is the type of the handshake's event.
const TypeSubscriptionValidation = "Microsoft.EventGrid.SubscriptionValidationEvent"

// SubscriptionValidationData asks an endpoint to prove that it wants events:
// it answers 200 with the code, or someone opens the URL.
type SubscriptionValidationData struct {
	ValidationCode string `json:"validationCode"`
	ValidationURL  string `json:"validationUrl,omitempty"`
}

// SubscriptionValidationResponse is the endpoint's answer.
type SubscriptionValidationResponse struct {
	ValidationResponse string `json:"validationResponse"`
}
