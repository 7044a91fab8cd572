import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

it.concurrent.each([
  ["lightning-ts/mlflow", `new MLFlowLogger({ experimentName: "mine", trackingUri: "http://127.0.0.1:1" })`],
  ["lightning-ts/wandb", `new WandbLogger({ project: "mine" })`],
])("%s alone brings Node's ports", async (specifier, made) => {
  const [, className = ""] = /new (\w+)/.exec(made) ?? [];
  const program = `import { ${className} } from "${specifier}"; console.log((${made}).name);`;
  const loaders = ["--conditions=lightning-ts-source", "--import", "tsx"];
  const args = [...loaders, "--input-type=module", "--eval", program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: PACKAGE });
  expect([stdout.trim(), stderr]).toEqual(["mine", ""]);
});
