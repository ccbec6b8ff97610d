package rumbo

import (
	"fmt"
	"strings"
)

// Language of a text for people.
type Language string

// The languages of Rumbo.
const (
	English Language = "en"
	Spanish Language = "es"
)

// PickLanguage reads an Accept-Language header: Spanish when it is preferred
// to English, English otherwise. Quality values are honored; the first of
// equals wins.
func PickLanguage(header string) Language {
	best, bestQ := English, -1.0
	for _, part := range strings.Split(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if _, err := fmt.Sscanf(v, "%g", &q); err != nil {
				continue
			}
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if lang := Language(primary); (lang == English || lang == Spanish) && q > bestQ {
			best, bestQ = lang, q
		}
	}
	return best
}

// Text is the sentence for a fault in the given language, filled with the
// fault's value, limit and suggestion. A code without a text reads as itself.
func (c Code) Text(lang Language, f FieldError) string {
	pair, ok := texts[c]
	if !ok {
		return string(c)
	}
	text := pair[0]
	if lang == Spanish {
		text = pair[1]
	}
	text = strings.NewReplacer("{value}", shorten(f.Value), "{limit}", limitText(lang, f.Limit)).Replace(text)
	if f.Suggestion != "" {
		ask := "did you mean"
		if lang == Spanish {
			ask = "¿quiso decir"
		}
		text += fmt.Sprintf("; %s %q?", ask, f.Suggestion)
	}
	return text
}

// Render fills the Message of every field in the given language.
func Render(lang Language, fields []FieldError) []FieldError {
	out := make([]FieldError, len(fields))
	for i, f := range fields {
		f.Message = f.Code.Text(lang, f)
		out[i] = f
	}
	return out
}

func shorten(v any) string {
	if v == nil {
		return "-"
	}
	s := fmt.Sprint(v)
	if p, ok := v.(Point); ok {
		s = fmt.Sprintf("lat %g, lon %g", p.Lat, p.Lon)
	}
	const most = 120
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
