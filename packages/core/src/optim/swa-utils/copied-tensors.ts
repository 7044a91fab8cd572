import type { Variable } from "@tensorflow/tfjs-core";
import { Buffer, Parameter } from "../../autograd/parameter.js";
import { Module } from "../../nn/module.js";

/** Copies of the parameters and buffers of a module and its children, under their names. It computes nothing. */
export class CopiedTensors extends Module {
  /** @param known copies that were made; a tensor that occurs twice is copied once */
  constructor(source: Module, known = new Map<Variable, Parameter | Buffer>()) {
    super();
    const saved = source.stateDict();
    const isOwn = ([name]: readonly [name: string, tensor: unknown]): boolean => !name.includes(".");
    for (const [name, parameter] of source.namedParameters().filter(isOwn)) {
      const copy = known.get(parameter) ?? copyOf(parameter);
      known.set(parameter, copy);
      if (copy instanceof Parameter) this.registerParameter(name, copy);
    }
    for (const [name, buffer] of source.namedBuffers().filter(isOwn)) {
      const copy = known.get(buffer) ?? copyOfBuffer(buffer);
      known.set(buffer, copy);
      if (copy instanceof Buffer) this.registerBuffer(name, copy, { persistent: saved.has(name) });
    }
    for (const [name, child] of source.namedChildren()) this.registerModule(name, new CopiedTensors(child, known));
  }
}

function copyOf(parameter: Parameter): Parameter {
  const copy = Parameter.fromData(hostOrZeros(parameter), parameter.shape);
  if (parameter.hostValues() === undefined) copy.assign(parameter);
  copy.requiresGrad = parameter.requiresGrad;
  return copy;
}

function copyOfBuffer(buffer: Buffer): Buffer {
  const dtype = buffer.dtype === "int32" || buffer.dtype === "bool" ? buffer.dtype : "float32";
  const copy = Buffer.fromData(hostOrZeros(buffer), buffer.shape, dtype);
  if (buffer.hostValues() === undefined) copy.assign(buffer);
  return copy;
}

/** Values that are still on the host, so that no backend is needed yet. */
function hostOrZeros(variable: Parameter | Buffer): Float32Array {
  return Float32Array.from(variable.hostValues() ?? new Float32Array(variable.size));
}
