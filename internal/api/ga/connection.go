package ga

import "strowger/internal/api"

func showCall(_ *api.Request, s api.Seat) (api.Response, error) {
	return api.Response{Body: properties(s.Properties)}, nil
}
