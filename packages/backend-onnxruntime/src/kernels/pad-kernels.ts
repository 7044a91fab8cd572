import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { pad } from "../lowering/fused/emit.js";
import { mirrorPad } from "../lowering/mirror-pad.js";
import { throughIntegers } from "../lowering/through-integers.js";
import { numberAttribute, numbersOf, pairsAttribute, stringAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";

export const PAD_KERNELS: readonly LazyKernel[] = [padKernel(), mirrorPadKernel()];

function padKernel(): LazyKernel {
  return {
    name: "PadV2",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const paddings = pairsAttribute(attrs, "paddings");
      return {
        inputs: [x],
        outputs: [{ shape: paddedShape(x.shape, paddings), dtype: x.dtype }],
        attrs: { paddings, value: numberAttribute(attrs, "constantValue") },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined || !Array.isArray(attrs["paddings"])) return [];
      const paddings = attrs["paddings"].map(numbersOf);
      const [before, after] = [paddings.map(([count = 0]) => count), paddings.map(([, count = 0]) => count)];
      return [throughIntegers(graph, x, (value) => pad(graph, value, before, after, Number(attrs["value"])))];
    },
  };
}

function mirrorPadKernel(): LazyKernel {
  return {
    name: "MirrorPad",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const paddings = pairsAttribute(attrs, "paddings");
      return {
        inputs: [x],
        outputs: [{ shape: paddedShape(x.shape, paddings), dtype: x.dtype }],
        attrs: { paddings, mode: stringAttribute(attrs, "mode") },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined || !Array.isArray(attrs["paddings"])) return [];
      return [mirrorPad(graph, x, attrs["paddings"].map(numbersOf), attrs["mode"] === "reflect" ? 1 : 0)];
    },
  };
}

function paddedShape(shape: readonly number[], paddings: readonly (readonly number[])[]): number[] {
  return shape.map((extent, i) => extent + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
}
