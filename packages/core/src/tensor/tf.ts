/// <reference types="@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js" preserve="true" />
import * as tf from "./tfjs.js";
import { DisposedTensorError } from "../errors/disposed-tensor-error.js";
import { noteAssignments } from "./engine-internals/variables.js";
import { rememberIterations } from "./engine-internals/rollback-of-backend.js";
import { keepEnginePerTask } from "./engine-internals/engine-of-task.js";
import { reportDisposedTensors, saveByHolding } from "./engine-internals/held-tensors.js";
import { whenBackendIsSet } from "./engine-internals/first-backend.js";
import { connectSavedTensors } from "./connect-saved.js";
import { differentiateSoftmaxCrossEntropy } from "./cross-entropy-of-labels.js";
import { registerExtraGradients } from "./extra-gradients.js";
import { registerCorrectedGradients } from "./gradients/index.js";
import { differentiateDivNoNan } from "./safe-division.js";
import "./generated/tfjs-registrations.js";
import { registerChainedOps } from "../ops/chained.js";

// Silences tfjs' advice to install tfjs-node, which its `cpu` backend prints on first use in Node.
tf.env().set("PROD", true);
reportDisposedTensors(() => new DisposedTensorError());
keepEnginePerTask();
noteAssignments();
rememberIterations();
saveByHolding();
connectSavedTensors();
differentiateSoftmaxCrossEntropy();
differentiateDivNoNan();
registerExtraGradients();
registerCorrectedGradients();
// A backend that starts by the first op, or by tf.setBackend, does not pass resolveBackend.
whenBackendIsSet(() => registerCorrectedGradients());
registerChainedOps();

/**
 * TensorFlow.js as this library uses it: the application's one copy of `@tensorflow/tfjs-core`, with every gradient and
 * every chained method (`x.add(y)`) registered, in Node's ES modules too. At special points (ties, zeros, masks,
 * nothing) values and gradients are PyTorch's where the two differ.
 */
export { tf };
