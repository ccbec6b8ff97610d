package rumbo

import (
	"errors"
	"fmt"
	"strings"
)

// FieldError is one fault at one place of what was sent.
type FieldError struct {
	// Pointer is an RFC 6901 JSON pointer into the body ("/orders/3/windows/0"),
	// or the name of a header, query parameter or column.
	Pointer string `json:"pointer" doc:"JSON pointer to the fault, or the name of the parameter or column"`
	Code    Code   `json:"code" doc:"Stable name of the fault"`
	// Message is the text in the caller's language; empty until rendered.
	Message string `json:"message" doc:"What is wrong, in the caller's language"`
	// Value is what was met, cut short when long.
	Value any `json:"value,omitempty" doc:"What was met"`
	// Limit is what would have been right: a bound, a type, a list of choices.
	Limit any `json:"limit,omitempty" doc:"What would have been right"`
	// Suggestion is the nearest right thing, for "did you mean".
	Suggestion string `json:"suggestion,omitempty" doc:"The nearest right thing"`
}

// Error is a fault with a stable code, the operation that met it and, for bad
// input, every faulty field. Stages return it; internal/api maps it to a status.
type Error struct {
	Code   Code
	Op     string // where it was met, as package.Func: "etl.Clean"
	Detail string // one English sentence for logs and for codes without a catalog text
	Hint   string // what the reader can do
	Fields []FieldError
	Err    error // the cause, for errors.Is; never shown to a client
}

// Error joins operation, detail, fields and cause on one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(string(e.Code))
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	for i, f := range e.Fields {
		if i == 5 {
			fmt.Fprintf(&b, "; and %d more", len(e.Fields)-i)
			break
		}
		fmt.Fprintf(&b, "; %s %s", f.Pointer, f.Code.Text(English, f))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the outermost Error in err's chain: Internal for
// an error without one, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Fault wraps cause with a code, the operation and a sentence.
func Fault(code Code, op, detail string, cause error) *Error {
	return &Error{Code: code, Op: op, Detail: detail, Err: cause}
}

// InvalidFields is the error of a request whose fields are at fault, or nil
// when there are none.
func InvalidFields(op string, fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Op: op, Fields: fields}
}
