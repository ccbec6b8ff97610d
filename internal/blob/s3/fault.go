package s3

import (
	"context"
	"errors"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/logistica-inteligente/rumbo"
)

// fault tells an error of the SDK in the house's codes; nil stays nil.
func fault(op, key string, err error) error {
	if err == nil {
		return nil
	}
	code, detail := rumbo.Unavailable, key+": the object store does not answer"
	var answer *awshttp.ResponseError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		code, detail = rumbo.Canceled, ""
	case errors.As(err, &answer) && answer.HTTPStatusCode() != 0: // 0: no answer came
		switch answer.HTTPStatusCode() {
		case http.StatusNotFound:
			code, detail = rumbo.NotFound, key
		case http.StatusPreconditionFailed:
			code, detail = rumbo.Conflict, key+" exists already"
		case http.StatusForbidden, http.StatusUnauthorized:
			detail = key + ": the object store refuses the credentials"
		default:
			detail = key + ": the object store answered " + answer.Response.Status
		}
	}
	return rumbo.Fault(code, "blob."+op, detail, err)
}

// clash reports that another put of the same key was under way: S3 asks to try again.
func clash(err error) bool {
	var told smithy.APIError
	return errors.As(err, &told) && told.ErrorCode() == "ConditionalRequestConflict"
}
