import com.azure.core.exception.HttpResponseException;
import java.util.Objects;
import java.util.function.Predicate;

/** What scenarios expect. */
final class Check {
    /** Something that may be refused. */
    interface Attempt {
        void run() throws Exception;
    }

    private Check() {}

    static void that(boolean so, String what) {
        if (!so) {
            throw new AssertionError(what);
        }
    }

    static void equal(Object got, Object want) {
        that(Objects.equals(got, want), "got " + got + ", want " + want);
    }

    static void refused(int status, Attempt attempt) throws Exception {
        refused(status, e -> true, attempt);
    }

    /** Expects that the server refuses with a status and in words that fit. */
    static void refused(int status, Predicate<String> fits, Attempt attempt) throws Exception {
        var refusal = refusal(attempt);
        equal(refusal.getResponse().getStatusCode(), status);
        that(fits.test(refusal.getMessage()), "it says " + refusal.getMessage());
    }

    static void refusedByTheClientsFault(Attempt attempt) throws Exception {
        int status = refusal(attempt).getResponse().getStatusCode();
        that(status >= 400 && status < 500, "it is refused with " + status);
    }

    private static HttpResponseException refusal(Attempt attempt) throws Exception {
        try {
            attempt.run();
        } catch (HttpResponseException e) {
            return e;
        }
        throw new AssertionError("it was not refused");
    }
}
