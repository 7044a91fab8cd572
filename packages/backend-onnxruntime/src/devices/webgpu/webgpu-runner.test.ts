import { openGraphRunner } from "../open-graph-runner.js";
import { testGraphRunner } from "../testing/test-graph-runner.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";

const NO_KERNEL = "WebGPU has no such element type";

testGraphRunner({
  name: "GpuRunner on WebGPU",
  create: () => openGraphRunner({ device: "webgpu" }),
  isAvailable: useSoftwareGpu(),
  clampsIndices: true,
  skippedDtypes: { float16: "the software device has no such element type", uint32: NO_KERNEL },
});
