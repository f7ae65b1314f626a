package doctor

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"strowger/internal/config"
)

// speech asks the local engine for its version.
func speech(ctx context.Context, cfg config.Config) []Finding {
	const subject = "speech"
	if cfg.Speech.Synthesizer.Engine != "espeak-ng" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "espeak-ng", "--version").Output()
	if err != nil {
		return []Finding{warn(subject, fmt.Errorf("spoken prompts cannot be made: %w", err), "apt-get install espeak-ng")}
	}
	version, _, _ := strings.Cut(string(out), "  Data")
	return []Finding{ok(subject, "%s", strings.TrimSpace(version))}
}
