module github.com/logistica-inteligente/rumbo

go 1.26.0

require pgregory.net/rapid v1.3.0

require (
	github.com/danielgtaylor/huma/v2 v2.37.2 // indirect
	github.com/prometheus/client_golang v1.25.0 // indirect
	github.com/standard-webhooks/standard-webhooks/libraries v0.0.1 // indirect
)
