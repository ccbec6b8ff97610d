package rumbo

import "strings"

// limitWords are the English words that limits are made of, in Spanish. A
// limit is a short phrase ("0 to 3600", "an object") or a value of the API,
// which stays as it is.
var limitWords = strings.NewReplacer(
	"an integer from ", "un entero de ",
	"a whole number", "un número entero",
	"a number", "un número",
	"a string", "un texto",
	"an object", "un objeto",
	"an array", "una lista",
	"a value", "un valor",
	"true or false", "true o false",
	"bytes in base64", "bytes en base64",
	"a time (RFC 3339 with offset, as ", "una fecha y hora (RFC 3339 con desfase, como ",
	"an IANA time zone", "una zona horaria IANA",
	"a public address", "una dirección pública",
	"a public host name", "un nombre de equipo público",
	"the address of one machine", "la dirección de un solo equipo",
	"at most ", "como máximo ",
	"a check of rows with severity warn or fail", "una comprobación de filas con gravedad warn o fail",
	"a check of rows", "una comprobación de filas",
	"a type other than volume", "un tipo distinto de volume",
	"lower-case letters, digits and _, beginning with a letter", "letras minúsculas, cifras y _, empezando por letra",
	"min, max or both", "min, max o ambos",
	"a number from ", "un número desde ",
	"above ", "más de ",
	" and above", " o más",
	" characters", " caracteres",
)

// limitText is a limit in a language. Bounds "low to high" are recognized by
// the digits around the word.
func limitText(lang Language, limit any) string {
	text := shorten(limit)
	if lang != Spanish {
		return text
	}
	if low, high, ok := strings.Cut(text, " to "); ok && digitAtEnd(low) && high != "" && strings.ContainsAny(high[:1], "-0123456789±") {
		text = low + " a " + high
	}
	return limitWords.Replace(text)
}

func digitAtEnd(s string) bool {
	return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9'
}
