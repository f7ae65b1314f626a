package recording

import (
	"time"
)

// Metadata is what is said about a chunk: the published document, with what a person
// who finds it in a bucket wants to know besides.
type Metadata struct {
	ResourceID      string        `json:"resourceId"`
	CallID          string        `json:"callId"` // serverCallId
	RecordingID     string        `json:"recordingId"`
	ChunkDocumentID string        `json:"chunkDocumentId"`
	ChunkIndex      int           `json:"chunkIndex"`
	ChunkStartTime  time.Time     `json:"chunkStartTime"`
	ChunkDuration   float64       `json:"chunkDuration"` // ms
	Pauses          []Pause       `json:"pauseResumeIntervals"`
	Info            Info          `json:"recordingInfo"`
	Participants    []Participant `json:"participants"`
	ContentLength   int64         `json:"contentLength"` // bytes
	ContentSHA256   string        `json:"contentSha256"` // hexadecimal
}

// Pause is a stretch that was left out.
type Pause struct {
	StartTime time.Time `json:"startTime"`
	Duration  float64   `json:"duration"` // ms
}

// Info says what the file consists of.
type Info struct {
	ContentType string `json:"contentType"` // audio or audioVideo, as it was asked for: there is no video yet
	ChannelType string `json:"channelType"` // mixed or unmixed
	Format      string `json:"format"`      // wav, mp3 or mp4
	Audio       Audio  `json:"audioConfiguration"`
}

// Audio is the sound of a file.
type Audio struct {
	SampleRate int `json:"sampleRate"` // Hz
	BitRate    int `json:"bitRate"`    // bit/s, about
	Channels   int `json:"channels"`
}

// Participant is somebody whose voice is in the recording, from JoinedTime to
// LeftTime. Who came back is there again.
type Participant struct {
	ParticipantID string    `json:"participantId"`
	Channel       *int      `json:"channel,omitempty"` // of an unmixed recording; absent when there was none left
	JoinedTime    time.Time `json:"joinedTime"`
	LeftTime      time.Time `json:"leftTime,omitzero"` // absent while it is there
}

func (a *Archive) metadata(m manifest, i int, content stored) Metadata {
	c := m.Chunks[i]
	info := Info{ContentType: "audio", ChannelType: "mixed", Format: string(m.Spec.Format),
		Audio: Audio{SampleRate: RateHz, BitRate: 8 * bytesPerSecond(m.Spec.Format, c.channels()), Channels: c.channels()}}
	if m.Spec.Video {
		info.ContentType = "audioVideo"
	}
	if m.Spec.Unmixed {
		info.ChannelType = "unmixed"
	}
	about := Metadata{
		ResourceID: a.cfg.Resource, CallID: m.Call.ServerCallID(), RecordingID: string(m.Recording), ChunkDocumentID: content.Document,
		ChunkIndex: i, ChunkStartTime: c.Started, ChunkDuration: milliseconds(c.duration()), Info: info,
		Pauses: []Pause{}, Participants: []Participant{}, ContentLength: content.Length, ContentSHA256: content.SHA256,
	}
	for _, p := range m.Pauses {
		about.Pauses = append(about.Pauses, Pause{p.From, milliseconds(p.For)})
	}
	for _, p := range m.People {
		who := Participant{ParticipantID: string(p.Address), JoinedTime: p.Joined, LeftTime: p.Left}
		if at := p.Channel; m.Spec.Unmixed && at != nowhere {
			who.Channel = &at
		}
		about.Participants = append(about.Participants, who)
	}
	return about
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
