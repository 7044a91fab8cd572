import type { Check } from "./check.js";
import { outcomeOf } from "./check.js";
import { runCommand } from "./run-command.js";

/**
 * Every change to a published package since main has a changeset; on main itself, the changesets name packages that
 * exist.
 */
export function changesetsCheck(): Check {
  return {
    name: "changesets",
    async run() {
      const history = await runCommand("git", ["rev-parse", "--verify", "HEAD"]);
      if (history.exitCode !== 0)
        return { passed: 0, failed: 0, output: "", note: "left out: there is no git history here" };
      const base = await firstRevision(["main", "origin/main"]);
      return outcomeOf(await runCommand("changeset", ["status", ...(base === undefined ? ["--since=HEAD"] : [])]));
    },
  };
}

/** A checkout of one commit has no branch to compare with. */
async function firstRevision(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const { exitCode } = await runCommand("git", ["rev-parse", "--verify", "--quiet", name]);
    if (exitCode === 0) return name;
  }
  return undefined;
}
