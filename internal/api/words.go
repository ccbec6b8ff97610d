package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
)

// words are the properties of schemas that take one word of a list which the nouns keep. A tag of
// the field could only repeat the list, and would part from it when a flow is added.
func words() map[string][]string {
	return map[string][]string{
		"Automation.when":      rumbo.Whens(),
		"Automation.flow":      rumbo.Flows(),
		"Automation.kind":      rumbo.Kinds(),
		"BackupInfo.state":     rumbo.BackupStates(),
		"RunRequest.flow":      rumbo.StartableFlows(),
		"ScheduleRequest.flow": rumbo.StartableFlows(),
	}
}

// sayWords puts the lists into the document, as far as it has their schemas.
func sayWords(d *huma.OpenAPI) {
	schemas := d.Components.Schemas.Map()
	for name, list := range words() {
		schema, property, _ := strings.Cut(name, ".")
		if schemas[schema] == nil {
			continue
		}
		p := schemas[schema].Properties[property]
		p.Enum = nil
		for _, word := range list {
			p.Enum = append(p.Enum, word)
		}
		p.PrecomputeMessages()
	}
}
