// Real telephones, driven through the test that started them.

// toneIn is for how many milliseconds a tone sounds in a WAV file.
export async function toneIn(control, wav, hz) {
  const response = await fetch(`${control}/tone?hz=${hz}`, { method: "POST", body: wav });
  const text = await response.text();
  if (!response.ok) throw new Error(`a tone in a file: ${text}`);
  return JSON.parse(text).milliseconds;
}

export class Phone {
  constructor(control, name) {
    this.control = control;
    this.name = name;
  }

  async ask(action, parameters = {}) {
    const response = await fetch(`${this.control}/phones/${this.name}/${action}?${new URLSearchParams(parameters)}`, { method: "POST" });
    const text = await response.text();
    if (!response.ok) throw new Error(`phone ${this.name}: ${action}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  // enter makes the phone a user's; REGISTER_OK or REGISTER_FAIL follows.
  enter = (user, password) => this.ask("enter", { user, password });
  dial = (to) => this.ask("dial", { to });
  answer = () => this.ask("answer");
  hangUp = () => this.ask("hangup");
  press = (tones) => this.ask("press", { tones });

  // tones waits until the phone has heard these tones in a row.
  tones = (tones) => this.ask("tones", { tones });

  // mark counts what happened so far; the function that it returns waits for
  // the next event of that type.
  async mark(type) {
    const { count } = await this.ask("count", { type });
    return () => this.ask("await", { type, n: count + 1 });
  }

  // heard waits until the phone has heard so much of a tone in all its calls.
  heard = (hz, milliseconds) => this.ask("heard", { hz, milliseconds });
}
