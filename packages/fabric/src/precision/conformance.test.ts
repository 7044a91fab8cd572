import { resolveBackend } from "@lightning-ts/core";
import { testPrecision } from "@lightning-ts/testing";
import { FullPrecision } from "./full-precision.js";
import { HalfPrecision } from "./half-precision.js";
import { Bfloat16MixedPrecision, MixedPrecision } from "./mixed-precision.js";

const engine = async () => (await resolveBackend("onnxruntime")).backend;

testPrecision({ name: "32-true", create: () => new FullPrecision(), backend: engine, tolerance: 1e-6 });
testPrecision({
  name: "16-mixed",
  create: () => new MixedPrecision({ initialScale: 1024 }),
  backend: engine,
  tolerance: 2e-3,
});
testPrecision({ name: "bf16-mixed", create: () => new Bfloat16MixedPrecision(), backend: engine, tolerance: 2e-2 });
testPrecision({ name: "16-true", create: () => new HalfPrecision("16-true"), backend: engine, tolerance: 2e-3 });
testPrecision({ name: "bf16-true", create: () => new HalfPrecision("bf16-true"), backend: engine, tolerance: 2e-2 });
