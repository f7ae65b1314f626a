package ga

import (
	"testing"

	"strowger/internal/wire/wiretest"
)

func TestEveryFieldOfEveryRequestHasABound(t *testing.T) { wiretest.Bounded(t, goldenRequests) }
