package strictjson

import "testing"

func TestNearest(t *testing.T) {
	fields := []string{"lat", "lon", "service_s", "windows", "time_zone", "location", "id"}
	for name, want := range map[string]string{
		"lng": "lon", "latt": "lat", "serviceS": "service_s", "service-s": "service_s", "windws": "windows", "widnows": "windows",
		"TimeZone": "time_zone", "localtion": "location", "color": "", "x": "", "": "", "ID": "id", "colour of the van": "",
	} {
		if got := Nearest(name, fields); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
