// Loaded before everything else (NODE_OPTIONS) into a process that shall run with faults put back into the sources.
import { register } from "node:module";

register("./mutation-hooks.js", import.meta.url, { data: JSON.parse(process.env["FUZZ_MUTATION"] ?? "[]") });
