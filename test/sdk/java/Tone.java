import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** WAV files of one tone. */
final class Tone {
    private Tone() {}

    /** 16 bits at 16 kHz, mono. */
    static byte[] of(int hz, double seconds) {
        return of(hz, seconds, 16000, 16, 1);
    }

    static byte[] of(int hz, double seconds, int rate, int bits, int channels) {
        int frames = (int) Math.round(seconds * rate);
        int bytes = bits / 8;
        int size = frames * channels * bytes;
        var out = ByteBuffer.allocate(44 + size).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + size);
        out.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1).putShort((short) channels);
        out.putInt(rate).putInt(rate * channels * bytes).putShort((short) (channels * bytes)).putShort((short) bits);
        out.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(size);
        for (int i = 0; i < frames; i++) {
            double v = 0.33 * Math.sin(2 * Math.PI * hz * i / rate);
            // 8-bit WAV samples are unsigned, wider ones signed.
            int sample = bits == 8 ? (int) Math.round(v * 127) + 128 : (int) (v * ((1 << (bits - 1)) - 1));
            for (int c = 0; c < channels; c++) {
                for (int b = 0; b < bytes; b++) {
                    out.put((byte) (sample >> (8 * b)));
                }
            }
        }
        return out.array();
    }
}
