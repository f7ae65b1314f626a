"""WAV files of one tone."""
import io
import math
import wave


def tone(hz, seconds, rate=16000, bits=16, channels=1):
    def sample(i):
        v = 0.33 * math.sin(2 * math.pi * hz * i / rate)
        # 8-bit WAV samples are unsigned, wider ones signed.
        value = round(v * 127) + 128 if bits == 8 else int(v * (2 ** (bits - 1) - 1))
        return value.to_bytes(bits // 8, "little", signed=bits > 8) * channels

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(b"".join(map(sample, range(round(seconds * rate)))))
    return out.getvalue()
