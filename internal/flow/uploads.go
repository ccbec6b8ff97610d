package flow

import (
	"cmp"
	"context"
	"fmt"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
)

// uploadLife is how long after it was asked for the sending of an upload may begin.
const uploadLife = time.Hour

// Upload makes a place where a payload can be put past the API. Conflict where payloads
// are in a directory, TooLarge beyond what an ingestion may have.
func (l *Learn) Upload(ctx context.Context, token string, r rumbo.UploadRequest) (rumbo.Upload, error) {
	signer, ok := l.Blobs.(blob.Signer)
	if !ok {
		return rumbo.Upload{}, &rumbo.Error{Code: rumbo.Conflict, Op: "flow.Upload", Detail: "This installation keeps payloads in a directory, to which nothing can be uploaded.",
			Hint: "Send the payload as the body of POST /v1/ingestions."}
	}
	if limit := cmp.Or(l.Inbox.MaxBytes, ingest.DefaultMaxBytes); r.Bytes > limit {
		return rumbo.Upload{}, rumbo.Fault(rumbo.TooLarge, "flow.Upload", fmt.Sprintf("At most %d bytes are accepted here.", limit), nil)
	}
	up := rumbo.Upload{ID: "upl_" + token, ExpiresAt: l.Clock().UTC().Add(uploadLife).Truncate(time.Second)}
	signed, err := signer.SignPut(ctx, ingest.UploadPrefix+up.ID, r.Bytes, uploadLife)
	up.Method, up.URL, up.Headers = signed.Method, signed.URL, signed.Header
	return up, err
}

// receiveUpload is Receive of a payload that was uploaded. An upload is used up by the
// batch that it becomes; one that was refused can be tried again, declared otherwise.
func (l *Learn) receiveUpload(ctx context.Context, token string, p rumbo.Payload) (rumbo.Batch, error) {
	if known, err := l.Store.Batch(ctx, "batch_"+token); rumbo.CodeOf(err) != rumbo.NotFound {
		return known, err // the answer to the first try got lost
	}
	body, err := l.openUpload(ctx, "flow.Receive", p.Upload)
	if err != nil {
		return rumbo.Batch{}, err
	}
	defer body.Close()
	upload := p.Upload
	p.Body, p.Upload = body, ""
	batch, err := l.Receive(ctx, token, p)
	if err == nil {
		l.usedUp(ctx, upload)
	}
	return batch, err
}

// openUpload opens what was put at an upload.
func (l *Learn) openUpload(ctx context.Context, op, id string) (blob.Reader, error) {
	body, err := l.Blobs.Open(ctx, ingest.UploadPrefix+id)
	if rumbo.CodeOf(err) == rumbo.NotFound {
		err = rumbo.InvalidFields(op, []rumbo.FieldError{{Pointer: "upload", Code: rumbo.UnknownReference, Value: id}})
	}
	return body, err
}

// usedUp removes an upload, if it is one, that became something else; one that stays is
// removed by retention.
func (l *Learn) usedUp(ctx context.Context, id string) {
	if id != "" {
		_ = l.Blobs.Delete(ctx, ingest.UploadPrefix+id)
	}
}
