import java.time.Duration;
import java.util.function.Supplier;

/** What other threads brought: it is changed under one lock, and waited for until it is as wanted. */
final class News {
    // A safety net on a busy machine, and no expectation about speed.
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    synchronized void bring(Runnable change) {
        change.run();
        notifyAll();
    }

    synchronized <T> T read(Supplier<T> what) {
        return what.get();
    }

    /** Waits until found gives something else than null, and returns that. what says in an error what was missed. */
    synchronized <T> T await(Supplier<T> found, Supplier<String> what) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (T it = found.get(); ; it = found.get()) {
            if (it != null) {
                return it;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("waited in vain for " + what.get());
            }
            wait(left);
        }
    }
}
