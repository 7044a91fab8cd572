import { build, type BuildResult, type Metafile, type OutputFile } from "esbuild";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { createContext, runInContext, type Context } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";

/** These switch their Node code off in browsers, by the field `browser` of their own package.json. */
const SWITCHED_OFF_BY_THEMSELVES = /\/node_modules\/(@tensorflow\/tfjs-[\w-]+|seedrandom)\//;

type Bundle = BuildResult & { readonly metafile: Metafile; readonly outputFiles: OutputFile[] };

/** As a web application's bundler does it: no stubs, no aliases, no defines. */
async function bundle(entry: string): Promise<Bundle> {
  return build({
    entryPoints: [`tests/browser/${entry}`],
    bundle: true,
    platform: "browser",
    conditions: ["lightning-ts-source"],
    format: "iife",
    globalName: "program",
    target: "es2022",
    metafile: true,
    write: false,
    outdir: "unused",
    logLevel: "error",
  });
}

/** What a worker in a browser has, as far as anybody asked for it; no `process`, no `Buffer`, no `require`. */
function worker(): Context {
  const { performance, setTimeout, clearTimeout, queueMicrotask, TextEncoder, TextDecoder, btoa, atob } = globalThis;
  const { URL, AbortController, AbortSignal, console, crypto } = globalThis;
  const timers = { performance, setTimeout, clearTimeout, queueMicrotask };
  const context = createContext({
    ...timers,
    ...{ TextEncoder, TextDecoder, btoa, atob, URL, AbortController, AbortSignal, console, crypto },
  });
  runInContext("globalThis.self = globalThis; globalThis.WorkerGlobalScope = class {};", context);
  return context;
}

describe("core, fabric and pytorch, bundled for a browser", () => {
  let result: Bundle;
  beforeAll(async () => {
    result = await bundle("program.ts");
  });

  it("leave nothing to import, and take of the engine what says that it runs elsewhere", () => {
    const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
    expect(imports).toEqual([]);
    const ofEngine = Object.keys(result.metafile.inputs).filter((path) => path.includes("/backend-onnxruntime/"));
    expect(ofEngine.filter((path) => !path.includes("/errors/"))).toEqual([
      "packages/backend-onnxruntime/src/in-browser.ts",
    ]);
  });

  it("reach no module of Node", () => {
    const wanted = Object.entries(result.metafile.inputs).flatMap(([importer, { imports }]) =>
      imports
        .map(({ original, path }) => original ?? path)
        .filter((specifier) => isBuiltin(specifier) && !SWITCHED_OFF_BY_THEMSELVES.test(importer))
        .map((specifier) => `${importer} imports ${specifier}`),
    );
    expect(wanted).toEqual([]);
    expect(Object.keys(result.metafile.inputs).filter((path) => path.includes("/fabric/src/node/"))).toEqual([]);
    expect(result.outputFiles[0]?.text).not.toMatch(/["'`]node:/);
  });

  it("say in a worker that ports are missing, and name them", () => {
    const context = worker();
    runInContext(result.outputFiles[0]?.text ?? "", context);
    expect(runInContext("typeof process + typeof Buffer + typeof require", context)).toBe("undefined".repeat(3));
    const [trainer, fabric, logger] = JSON.parse(runInContext("JSON.stringify(program.withoutPorts())", context));
    expect(trainer).toMatch(
      /^new Trainer\(\) needs ports .* Expected ports: \{ files, clock, signals, environment, terminal \}/,
    );
    expect(fabric).toMatch(/^new Fabric\(\) needs ports /);
    expect(logger).toMatch(/^TensorBoardLogger needs the port files .* Expected its option files/);
  });

  it("train, log and save in a worker that brings its ports", async () => {
    const context = worker();
    runInContext(result.outputFiles[0]?.text ?? "", context);
    const trained = await runInContext("program.train()", context);
    expect(trained).toMatchObject({ lossFell: true, weights: expect.arrayContaining(["layer.weight", "layer.bias"]) });
    expect(trained.text).toContain("1 module in train mode");
    expect(trained.files.join("\n")).toMatch(/events\.out\.tfevents\.\d+\.tab\.0\.\d+/);
    expect(trained.files.join("\n")).toMatch(/last\.ckpt/);
  });
});

it("fabric's door is the same when it is published as in this repository, apart from the source", () => {
  const { exports, publishConfig } = JSON.parse(readFileSync("packages/fabric/package.json", "utf8"));
  const published = Object.fromEntries(
    Object.entries<Record<string, unknown> | string>(exports).map(([path, target]) => {
      if (typeof target === "string") return [path, target];
      const { "lightning-ts-source": _source, ...built } = target;
      return [path, built];
    }),
  );
  expect(publishConfig.exports).toEqual(published);
  expect(Object.keys(exports["."]["lightning-ts-source"])).toEqual(Object.keys(publishConfig.exports["."]));
});
