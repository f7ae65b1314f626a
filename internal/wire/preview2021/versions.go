package preview2021

// Version is an api-version.
type Version string

// The published versions. 2021-08-30-preview added three members to the request
// that starts a recording.
const (
	June     Version = "2021-06-15-preview"
	August   Version = "2021-08-30-preview"
	November Version = "2021-11-15-preview"
)

// CoreVersions are those that name a call from outside of it by its
// serverCallId in the path.
func CoreVersions() []string { return []string{string(June), string(August)} }

// ExtensionVersions are those that name it by a callLocator in the body.
func ExtensionVersions() []string { return []string{string(November)} }

// Versions are all versions of this family, oldest first.
func Versions() []string { return append(CoreVersions(), ExtensionVersions()...) }

// Extended reports whether v is of the extension.
func (v Version) Extended() bool { return v == November }

// EventType is the type by which v knows the events of a type of the latest
// version. It is false when v does not know them.
func (v Version) EventType(latest string) (string, bool) {
	switch {
	case v.Extended():
		return latest, true
	case latest == TypeToneReceived:
		return TypeDTMFReceived, true
	}
	return latest, latest != TypeTransferCallResult
}
