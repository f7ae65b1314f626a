package api

import (
	"context"
	"reflect"

	"strowger/internal/wire"
)

// Ask makes the Serve of an operation that has nothing to do with a call. An empty
// body is one without any field.
//
// It panics when a field of the request may be of any size, as Command does.
func Ask[In any](serve func(context.Context, *Request, In) (Response, error)) Serve {
	if _, err := wire.Bounds(reflect.TypeFor[In]()); err != nil {
		panic("api: a request without bounds: " + err.Error())
	}
	return func(ctx context.Context, r *Request) (Response, error) {
		var in In
		if len(r.body) > 0 {
			if err := r.decode(&in); err != nil {
				return Response{}, err
			}
		}
		return serve(ctx, r, in)
	}
}
