package server

import (
	"strowger/internal/media"
	"strowger/internal/telemetry"
	"strowger/internal/webhook"
)

// metrics are the figures of all parts, read when they are scraped.
func (p *parts) metrics(version string) *telemetry.Metrics {
	m := telemetry.NewMetrics(version)
	m.Add(p.callFigures)
	m.Add(p.legFigures)
	m.Add(p.trunkFigures)
	m.Add(p.mediaFigures)
	m.Add(p.webhookFigures)
	m.Add(p.httpFigures)
	m.Add(p.recordingFigures)
	m.Add(p.streamFigures)
	m.Add(p.usageFigures)
	return m
}

func (p *parts) httpFigures() []telemetry.Figure {
	c := p.guard.Counts()
	return []telemetry.Figure{
		level("http_connections", "HTTP connections now, without the operator's.", float64(c.Open)),
		count("http_connections_evicted", "HTTP connections on which nothing was being done, closed to make room.", c.Evicted),
		count("http_connections_refused", "HTTP connections closed at once for want of room.", c.Refused),
	}
}

func (p *parts) recordingFigures() []telemetry.Figure {
	return []telemetry.Figure{
		level("recordings", "Recordings that are being made now.", float64(p.archive.Recording())),
		level("recordings_unfinished", "Recordings that are not in the store yet, those that are being made included.", float64(p.archive.Finishing())),
	}
}

func level(name, help string, v float64) telemetry.Figure {
	return telemetry.Figure{Name: name, Help: help, Value: v}
}

func count(name, help string, v uint64) telemetry.Figure {
	return telemetry.Figure{Name: name, Help: help, Value: float64(v), Counter: true}
}

func (p *parts) callFigures() []telemetry.Figure {
	s := p.board.Stats()
	j := p.journal.Stats()
	hasRoom := 1.0
	if p.journal.Room() != nil {
		hasRoom = 0
	}
	return []telemetry.Figure{
		level("calls", "Calls now.", float64(s.Calls)),
		level("conversations", "Calls with sound now.", float64(p.bridge.Conversations())),
		count("calls_begun", "Calls begun.", s.Begun),
		count("steps", "Steps of calls stored in the journal.", s.Steps),
		count("commands_refused", "Commands that the rules of a call refused.", s.Refused),
		count("journal_failures", "Steps that the journal did not take at first.", s.JournalFailures),
		count("calls_unreadable", "Calls that were ended because their record cannot be read.", s.Unreadable),
		count("calls_outgrown", "Calls that were ended because they had grown too large to be stored.", s.Outgrown),
		count("journal_retries", "Appends tried again because the store did not say what came of them.", j.Retries),
		count("calls_turned_away", "Calls that were not begun because the journal had no room for them.", s.TurnedAway),
		level("journal_has_room", "1 when the journal can store new calls, 0 when its streams or its disk are full or cannot be written.", hasRoom),
		count("journal_refusals", "Steps that the journal had no room for.", j.Refusals),
		count("journal_unreadable", "Records whose events were not delivered because they could not be read.", j.Unreadable),
		count("journal_cut_off", "Records that the journal's store has lost after they were delivered; new ones have their places.", j.CutOff),
		count("journal_unknown_events", "Events not delivered because a newer version has added them.", j.Unknown),
	}
}

func (p *parts) legFigures() []telemetry.Figure {
	legs, reception, agent := p.legs.Stats(), p.reception.Stats(), p.agent.Counters()
	return []telemetry.Figure{
		level("legs", "SIP legs now.", float64(legs.Legs)),
		level("registrations", "Registered endpoints now.", float64(reception.Registered)),
		level("rtp_ports_in_use", "RTP ports given out.", float64(p.ports.InUse())),
		count("legs_arrived", "Incoming calls taken.", legs.Arrived),
		count("legs_dialled", "Outgoing calls placed.", legs.Dialled),
		count("legs_answered", "Legs answered, either way.", legs.Answered),
		count("sip_refused", "Incoming calls refused after their source was known.", reception.Refused),
		count("sip_challenged", "Requests asked for credentials.", reception.Challenged),
		count("sip_unheard", "Packets of sources that are not listened to.", agent.Refused),
		count("sip_unanswered", "Responses that strangers did not get, because there were too many.", agent.Unanswered),
		count("sip_malformed", "SIP messages that could not be read.", agent.Malformed),
		count("sip_busy", "SIP messages dropped because too many were waiting.", agent.Busy),
		count("leg_news_dropped", "Keys, ringing and re-INVITEs dropped by a leg that was full.", legs.Dropped),
		count("sip_wrong_password", "Credentials that did not hold.", reception.WrongPassword),
	}
}

func (p *parts) trunkFigures() []telemetry.Figure {
	var all []telemetry.Figure
	for _, t := range p.cfg.Trunks {
		calls := level("trunk_calls", "Calls that a trunk carries now; its max_calls bounds them.", float64(p.directory.InUse(t.Name)))
		calls.Labels = telemetry.Labels{"trunk": t.Name}
		all = append(all, calls)
	}
	return all
}

func (p *parts) mediaFigures() []telemetry.Figure {
	loops := p.clock.Stats()
	var ticks, skipped, late uint64
	busy := 0.0
	for _, l := range loops {
		ticks, skipped, busy = ticks+l.Ticks, skipped+l.Skipped, max(busy, l.Busy)
		for i, n := range l.Late {
			if i == len(media.LatenessBounds) || media.LatenessBounds[i] > media.FrameDuration/4 {
				late += n
			}
		}
	}
	return append(p.answererFigures(),
		level("media_busy", "Share of the busiest clock loop's time that ticks take; above 0.7 is too much.", busy),
		count("media_ticks", "Ticks of all clock loops.", ticks),
		count("media_ticks_late", "Ticks more than 5 ms late.", late),
		count("media_ticks_skipped", "Ticks left out after a stall.", skipped),
	)
}

func (p *parts) answererFigures() (all []telemetry.Figure) {
	for who, n := range p.bridge.Answerers() {
		f := count("answerers_detected", "Answered calls in which it was listened for who answers, by what was heard.", n)
		f.Labels = telemetry.Labels{"answerer": string(who)}
		all = append(all, f)
	}
	return all
}

func (p *parts) webhookFigures() []telemetry.Figure {
	c := p.courier.Counts()
	all := append(tally("callback", c.Callbacks), tally("event_grid", c.EventGrid)...)
	return append(all,
		level("events_waiting", "Events that are being tried or wait for their turn.", float64(c.Waiting)),
		level("dead_letters", "Events that were given up and are kept: see strowger events.", float64(c.Letters.Now)),
		count("dead_letters_taken", "Dead letters that were sent again and taken.", uint64(c.Letters.Taken)),
		count("dead_letters_deleted", "Dead letters that were deleted.", uint64(c.Letters.Deleted)),
		count("dead_letters_dropped", "Dead letters not kept any more: the oldest, to stay within dead_letter.max_age, max_events and max_bytes.", uint64(c.Letters.Dropped)),
	)
}

func tally(kind string, t webhook.Tally) []telemetry.Figure {
	all := []telemetry.Figure{
		count("events_delivered", "Events that their receiver took.", uint64(t.Delivered)),
		count("events_retried", "Tries that failed and were followed by another.", uint64(t.Retried)),
		count("events_given_up", "Events refused by their receiver, or tried for too long.", uint64(t.GivenUp)),
		count("events_overflowed", "Events given up because a queue was full.", uint64(t.Overflowed)),
	}
	for i := range all {
		all[i].Labels = telemetry.Labels{"kind": kind}
	}
	return all
}
