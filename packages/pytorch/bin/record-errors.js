// Loaded before a script that `lightning run` starts: what ends the script is written down, to be shown again later.
import { appendFileSync } from "node:fs";
import { inspect } from "node:util";

const path = process.env["LT_RUN_ERRORS"];
if (path !== undefined && process.ppid === Number(process.env["LT_SUPERVISOR"]))
  process.on("uncaughtExceptionMonitor", (error) => appendFileSync(path, `${inspect(error)}\n`));
