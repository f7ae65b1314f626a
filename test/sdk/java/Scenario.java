/** One row of the table of scenarios, as this SDK does it. */
record Scenario(String name, Body body) {
    interface Body {
        void run(World world) throws Exception;
    }
}
