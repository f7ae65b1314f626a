package preview2021

// OperationStatus is how far an operation has come.
type OperationStatus string

// The published states.
const (
	NotStarted OperationStatus = "notStarted"
	Running    OperationStatus = "running"
	Completed  OperationStatus = "completed"
	Failed     OperationStatus = "failed"
)

// OperationResult answers the operations that end in an event, and the cancelling
// of all media until 2021-08-30-preview.
type OperationResult struct {
	OperationID      string           `json:"operationId,omitempty"`
	Status           OperationStatus  `json:"status"`
	OperationContext string           `json:"operationContext,omitempty"`
	ResultInfo       *OperationDetail `json:"resultInfo,omitempty"`    // until 2021-08-30-preview
	ResultDetails    *OperationDetail `json:"resultDetails,omitempty"` // from 2021-11-15-preview on
}

// OperationDetail says how an operation ended.
type OperationDetail struct {
	Code    int    `json:"code"`
	Subcode int    `json:"subcode"`
	Message string `json:"message,omitempty"`
}

// OperationEnded is the data of PlayAudioResult, AddParticipantResult and
// TransferCallResult.
type OperationEnded struct {
	OperationResult              // its id from 2021-11-15-preview on
	CallLocator     *CallLocator `json:"callLocator,omitempty"` // from 2021-11-15-preview on
}
