package grid

import (
	"strowger/internal/call"
	"strowger/internal/wire"
	"strowger/internal/wire/eventgrid"
)

func (g *Grid) recordingFile(e call.RecordingFileReady) eventgrid.RecordingFileStatusUpdated {
	data := eventgrid.RecordingFileStatusUpdated{
		RecordingStorageInfo: eventgrid.RecordingStorageInfo{RecordingChunks: []eventgrid.RecordingChunk{}},
		RecordingStartTime:   wire.Time{Time: e.File.Started}, RecordingDurationMs: e.File.Duration.Milliseconds(),
		RecordingContentType: "Audio", RecordingChannelType: "Mixed", RecordingFormatType: formats[e.Spec.Format],
		SessionEndReason: sessionEnd(e.File.Reason),
	}
	view := "audio"
	if e.Spec.Video {
		data.RecordingContentType, view = "AudioVideo", "video"
	}
	if e.Spec.Unmixed {
		data.RecordingChannelType = "Unmixed"
	}
	for i, c := range e.File.Chunks {
		document := g.contents + "/v1/objects/" + c.Document
		data.RecordingStorageInfo.RecordingChunks = append(data.RecordingStorageInfo.RecordingChunks, eventgrid.RecordingChunk{
			DocumentID: c.Document, Index: i, EndReason: chunkEnds[c.EndReason],
			ContentLocation: document + "/content/" + view, MetadataLocation: document + "/content/acsmetadata", DeleteLocation: document,
		})
	}
	return data
}

var formats = map[call.RecordingFormat]string{call.WAV: "Wav", call.MP3: "Mp3", call.MP4: "Mp4"}

var chunkEnds = map[call.ChunkEnd]eventgrid.ChunkEndReason{
	call.ChunkSessionEnded: eventgrid.ChunkSessionEnded,
	call.ChunkFull:         eventgrid.ChunkMaximumSize,
	call.ChunkLong:         eventgrid.ChunkMaximumTime,
	call.ChunkNotDelivered: eventgrid.ChunkUpload,
}

// sessionEnd: a recording that an application stopped has lost its initiator, in the
// published words; one whose process died or whose disk was full has lost its sound.
func sessionEnd(why call.Reason) eventgrid.SessionEndReason {
	switch why {
	case call.RecordingStopped:
		return eventgrid.SessionInitiatorLeft
	case call.NodeLost, call.NoSpace, call.Failed:
		return eventgrid.SessionFailed
	}
	return eventgrid.SessionCallEnded
}
