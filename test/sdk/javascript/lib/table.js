// The table of scenarios: each name, with the api-version that brought what
// the scenario needs.
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../scenarios.txt", import.meta.url), "utf8");

export const rows = new Map([...text.matchAll(/^(\d{4}-\d\d-\d\d) +\S+ +(.+)$/gm)].map(([, since, name]) => [name, since]));
