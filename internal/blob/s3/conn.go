package s3

import (
	"context"
	"net"
	"net/http"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// connectTimeout bounds the wait for a connection.
const connectTimeout = 5 * time.Second

// silence is how long the server may say nothing, and take nothing of what is sent to
// it, before the connection is given up (silence_timeout in the address). More means
// that the network swallows what is sent, which no error would ever tell.
const silence = 30 * time.Second

// lively is a connection that ends with an error when nothing has gone over it either
// way for a while: the answer to a long upload may come late, as long as the upload goes
// on.
type lively struct {
	net.Conn
	silence time.Duration
}

// Read implements net.Conn.
func (c lively) Read(b []byte) (int, error) {
	_ = c.SetDeadline(time.Now().Add(c.silence)) // fails only on a closed connection, as the read then does
	return c.Conn.Read(b)
}

// Write implements net.Conn.
func (c lively) Write(b []byte) (int, error) {
	_ = c.SetDeadline(time.Now().Add(c.silence))
	return c.Conn.Write(b)
}

// client makes the HTTP client over such connections.
func client(silence time.Duration) *awshttp.BuildableClient {
	dialer := net.Dialer{Timeout: connectTimeout}
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return lively{c, silence}, nil
		}
	})
}
