import { locateLibrary } from "../../session/library-location.js";
import { GpuRunner } from "../gpu/gpu-runner.js";
import { testGraphRunner } from "../testing/test-graph-runner.js";
import { webGpuDevice } from "./webgpu-device.js";

const location = locateLibrary();
testGraphRunner({
  name: "GpuRunner on WebGPU",
  create: () => new GpuRunner(webGpuDevice(), { libraryPath: location.isFound ? location.path : "" }),
});
