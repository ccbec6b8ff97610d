# Sourced by ./test: installs what the tests need and a plain Go machine lacks.
staticcheck_version=v0.8.2
if ! "$bin/staticcheck" -version 2>/dev/null | grep -q "${staticcheck_version#v}"; then
  GOFLAGS= GOBIN="$bin" go install "honnef.co/go/tools/cmd/staticcheck@$staticcheck_version"
fi
# The end-to-end checks are written with the Python standard library, so that they share
# no code with what they check.
if ! command -v python3 >/dev/null; then
  apt-get update -q && apt-get install -y -q --no-install-recommends python3
fi
# The store's and the queue's suites run against a real PostgreSQL, which they start
# themselves on loopback and stop again.
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null; then
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql
fi
# The bucket's suite runs against a real S3 server.
versitygw_version=v1.8.0
if ! go version -m "$bin/versitygw" 2>/dev/null | grep -q "versitygw[[:space:]]*$versitygw_version"; then
  GOFLAGS= GOBIN="$bin" go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version"
fi
