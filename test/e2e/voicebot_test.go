package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"strowger/test/heard"
	"strowger/test/phone"
	"strowger/test/port"
)

// speechService stands in for an OpenAI-compatible service. In its ears a tone of the
// caller's is a question, and in its mouth a greeting is a long tone, and an answer a
// short one.
type speechService struct {
	*httptest.Server
	t      *testing.T
	answer string // what a model says; empty: there is none

	mu     sync.Mutex
	spoken []string // what it was asked to say
}

const question = "What do you sell?"

func newSpeechService(t *testing.T, answer string) *speechService {
	s := &speechService{t: t, answer: answer}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/audio/transcriptions", s.transcribe)
	mux.HandleFunc("POST /v1/audio/speech", s.speak)
	mux.HandleFunc("POST /v1/chat/completions", s.chat)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *speechService) transcribe(w http.ResponseWriter, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil || r.FormValue("model") != "ears" || r.Header.Get("Authorization") != "Bearer secret" {
		s.t.Errorf("asked %s %v: %v", r.URL, r.Form, err)
		return
	}
	wav, err := io.ReadAll(file)
	if err != nil {
		s.t.Error(err)
	}
	sound, err := heard.Decode(wav)
	if err != nil || sound.RateHz != 16000 || sound.ToneLength(toneOfA) < 500*time.Millisecond {
		s.t.Errorf("a turn of %d bytes, %v: %s", len(wav), err, sound.Describe(toneOfA))
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"text": " " + question})
}

func (s *speechService) speak(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Model, Voice, Input string
		Format              string `json:"response_format"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "mouth" || asked.Voice != "alloy" || asked.Format != "wav" {
		s.t.Errorf("asked to speak %+v: %v", asked, err)
	}
	s.mu.Lock()
	s.spoken = append(s.spoken, asked.Input)
	s.mu.Unlock()
	part := heard.Part{Hz: promptHz, Length: 20 * time.Second}
	if !strings.HasPrefix(asked.Input, "Hello") {
		part = heard.Part{Hz: toneOfC, Length: time.Second}
	}
	// The rate is that of many voices, and none that a call has.
	_, _ = w.Write(heard.MakeWAV(heard.Format{RateHz: 22050, Channels: 1, Bits: 16}, part))
}

func (s *speechService) chat(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Model    string
		Messages []struct{ Role, Content string }
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "mind" || len(asked.Messages) != 2 || asked.Messages[1].Content != question {
		s.t.Errorf("asked for an answer to %+v: %v", asked, err)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"role": "assistant", "content": s.answer}}}})
}

// said is what it was asked to say, and how often.
func (s *speechService) said(text string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, spoken := range s.spoken {
		if spoken == text {
			n++
		}
	}
	return n
}

// A caller who talks over the greeting is listened to, and answered.
func TestTheVoiceBotIsSilentWhenTalkedOverAndAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		model, answer string
		sentences     []string
	}{
		"by rule":    {answer: "You said: " + question, sentences: []string{"You said: " + question}},
		"by a model": {model: "mind", answer: "Tea and coffee. What would you like?", sentences: []string{"Tea and coffee.", "What would you like?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := newSpeechService(t, c.answer)
			w := startAnswering(t, "voice-bot", "bot.py", "OPENAI_BASE_URL="+service.URL+"/v1/", "OPENAI_API_KEY=secret", "TRANSCRIPTION_MODEL=ears",
				"SPEECH_MODEL=mouth", "CHAT_MODEL="+c.model, "STREAM_PORT="+strconv.Itoa(port.Free()))
			caller := phone.Start(t, phone.Config{Name: carrierNumber})
			caller.Dial(w.URI(ours))
			caller.AwaitHeard(promptHz, time.Second)
			caller.Says(toneOfA)
			caller.AwaitSilence(promptHz)
			caller.Says(phone.Inaudible)
			caller.AwaitHeard(toneOfC, time.Duration(len(c.sentences))*900*time.Millisecond)
			caller.HangUp()
			who := "4:" + carrierNumber
			w.requireSaid(who+" calls 4:"+ours, who+": "+question, "bot: "+c.answer, who+" is gone")
			if got := caller.Heard().ToneLength(promptHz); got > 15*time.Second {
				t.Errorf("the greeting is heard for %v, and was talked over", got)
			}
			for _, sentence := range c.sentences {
				if n := service.said(sentence); n != 1 {
					t.Errorf("%q is said %d times", sentence, n)
				}
			}
		})
	}
}
