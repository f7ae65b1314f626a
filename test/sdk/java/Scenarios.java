import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the scenarios as test/sdk/README.md says. */
public final class Scenarios {
    private final World world;
    private final String wanted;
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private Scenarios(World world, String wanted) {
        this.world = world;
        this.wanted = wanted;
    }

    public static void main(String[] arguments) throws Exception {
        var given = Objects.requireNonNull(System.getenv("SCENARIO_OPTIONS"), "`go test -run Java ./test/e2e` sets SCENARIO_OPTIONS");
        var options = new ObjectMapper().readTree(given);
        var app = new Application(options.get("connectionString").asText(), options.get("port").asInt());
        app.validated();
        Map<String, Phone> phones = Stream.of("alice", "bob", "carol", "carrier", "guest")
                .collect(Collectors.toMap(name -> name, name -> new Phone(options.get("phones").asText(), name)));
        var scenarios = new Scenarios(new World(app, phones, options), arguments.length == 0 ? "" : arguments[0]);
        scenarios.runAll();
        System.out.println(scenarios.passed + " passed, " + scenarios.failed + " failed");
        System.exit(scenarios.failed.get() > 0 || scenarios.passed.get() == 0 ? 1 : 0);
    }

    /**
     * Groups run beside each other, and each has phones of its own: alice belongs to calls, bob to
     * media, carol and the carrier to incoming, the guest to identity.
     */
    private void runAll() throws Exception {
        var slow = Calls.all().stream().filter(s -> s.name().contains("never answers")).map(List::of);
        var quick = Calls.all().stream().filter(s -> !s.name().contains("never answers")).toList();
        var groups = Stream.concat(slow, Stream.of(quick, Incoming.all(), Media.all(), Rules.all(), Recordings.all(), Participants.all(), Transfer.all(), Identity.all()));
        var beside = Executors.newCachedThreadPool();
        beside.invokeAll(groups.<Callable<Void>>map(group -> () -> {
            group.forEach(this::run);
            return null;
        }).toList());
    }

    private void run(Scenario scenario) {
        if (!scenario.name().contains(wanted)) {
            return;
        }
        long started = System.nanoTime();
        try {
            scenario.body().run(world);
            passed.incrementAndGet();
            System.out.println("ok - " + scenario.name() + " (" + (System.nanoTime() - started) / 1_000_000 + " ms)");
        } catch (Throwable e) {
            failed.incrementAndGet();
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            System.out.println("not ok - " + scenario.name() + "\n  " + trace.toString().strip().replace("\n", "\n  "));
        }
    }
}
