/** Registers the tfjs backend `"onnxruntime"` with its default options when it is imported. */
import { registerOnnxRuntime } from "./register-onnxruntime.js";

registerOnnxRuntime();
