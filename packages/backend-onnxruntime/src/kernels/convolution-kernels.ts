import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel, Recording, StructuralAttributes } from "../contract/lazy-kernel.js";
import { activate } from "../lowering/activations.js";
import { cropSpace, cropped, uncropSpace } from "../lowering/crop.js";
import {
  channelsFirstShape,
  filterToWeight,
  inChannelsFirst,
  inRecordedOrder,
  weightToFilter,
} from "../lowering/channels.js";
import { Elementwise } from "../lowering/elementwise.js";
import { range, reshape, slice, transpose } from "../lowering/fused/emit.js";
import { conv } from "../lowering/fused/conv.js";
import { convInputGrad } from "../lowering/fused/conv-input-grad.js";
import { convWeightGrad } from "../lowering/fused/conv-weight-grad.js";
import { numbersAttribute, numbersOf, stringAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";
import { convWindows2D, convWindows3D, type Windows } from "./window-attributes.js";

type WindowsOf = (
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap | undefined,
) => Windows;

const depthwiseWindows: WindowsOf = (xShape, filterShape, attrs) => convWindows2D(xShape, filterShape, attrs, true);

/** tfjs' convolutions: [N, ..., C] images and [...k, in, out] filters around the lowerings of `lit.Conv`. */
export const CONVOLUTION_KERNELS: readonly LazyKernel[] = [
  forward("Conv2D", convWindows2D, false),
  inputGrad("Conv2DBackpropInput", convWindows2D, false),
  filterGrad("Conv2DBackpropFilter", convWindows2D, false),
  forward("DepthwiseConv2dNative", depthwiseWindows, true),
  inputGrad("DepthwiseConv2dNativeBackpropInput", depthwiseWindows, true),
  filterGrad("DepthwiseConv2dNativeBackpropFilter", depthwiseWindows, true),
  forward("Conv3D", convWindows3D, false),
  inputGrad("Conv3DBackpropInputV2", convWindows3D, false),
  filterGrad("Conv3DBackpropFilterV2", convWindows3D, false),
  fused("FusedConv2D", convWindows2D, false),
  fused("FusedDepthwiseConv2D", depthwiseWindows, true),
];

function forward(name: string, windowsOf: WindowsOf, isDepthwise: boolean): LazyKernel {
  return {
    name,
    record: (inputs, attrs) => recordForward(inputs, attrs, windowsOf, isDepthwise),
    lower: (graph, [x, filter], attrs) =>
      x === undefined || filter === undefined ? [] : [lowerForward(graph, x, filter, attrs)],
  };
}

function recordForward(
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
  windowsOf: WindowsOf,
  isDepthwise: boolean,
): Recording | null {
  const x = input(inputs, "x");
  const filter = input(inputs, "filter");
  if (!areFloats([x, filter])) return null;
  const windows = windowsOf(x.shape, filter.shape, attrs);
  if (windows.isIrregular) return null;
  return {
    inputs: [x, filter],
    outputs: [{ shape: windows.outShape, dtype: "float32" }],
    attrs: structureOf(windows, x.shape, isDepthwise),
  };
}

function areFloats(tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === "float32");
}

function structureOf(
  { stride, padding, crop, dilation, isChannelsLast }: Windows,
  xShape: readonly number[],
  isDepthwise: boolean,
): StructuralAttributes {
  const channels = xShape.at(isChannelsLast ? -1 : 1) ?? 1;
  return { stride, padding, crop, dilation, groups: isDepthwise ? channels : 1, isChannelsLast, isDepthwise };
}

function lowerForward(graph: GraphBuilder, x: GraphValue, filter: GraphValue, attrs: StructuralAttributes): GraphValue {
  const weight = weightOf(graph, filter, attrs);
  return inRecordedOrder(
    graph,
    one(conv.lower(graph, [cropSpace(graph, inChannelsFirst(graph, x, attrs), attrs), weight], attrs, [])),
    attrs,
  );
}

function inputGrad(name: string, windowsOf: WindowsOf, isDepthwise: boolean): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const dy = input(inputs, "dy");
      const filter = input(inputs, "filter");
      const shape = numbersAttribute(attrs, "inputShape");
      if (!areFloats([dy, filter])) return null;
      const windows = windowsOf(shape, filter.shape, attrs);
      if (windows.isIrregular) return null;
      const structure = structureOf(windows, shape, isDepthwise);
      return {
        inputs: [dy, filter],
        outputs: [{ shape, dtype: "float32" }],
        attrs: { ...structure, shape, outShape: windows.outShape },
      };
    },
    lower(graph, [dy, filter], attrs) {
      if (dy === undefined || filter === undefined) return [];
      const inputShape = cropped(channelsFirstShape(numbersOf(attrs["shape"]), attrs), attrs);
      // A transposed convolution may be asked for less than its input would give: tfjs then reads the first windows
      // only.
      const outShape = numbersOf(attrs["outShape"]);
      const reached = slice(graph, dy, {
        axes: range(0, outShape.length),
        starts: outShape.map(() => 0),
        ends: outShape.map((extent, i) => Math.min(extent, dy.shape[i] ?? 0)),
      });
      const gradient = convInputGrad.lower(
        graph,
        [inChannelsFirst(graph, reached, attrs), weightOf(graph, filter, attrs)],
        { ...attrs, inputShape },
        [],
      );
      return [inRecordedOrder(graph, uncropSpace(graph, one(gradient), attrs), attrs)];
    },
  };
}

function filterGrad(name: string, windowsOf: WindowsOf, isDepthwise: boolean): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const x = input(inputs, "x");
      const dy = input(inputs, "dy");
      const shape = numbersAttribute(attrs, "filterShape");
      if (!areFloats([x, dy])) return null;
      const windows = windowsOf(x.shape, shape, attrs);
      if (windows.isIrregular) return null;
      return {
        inputs: [x, dy],
        outputs: [{ shape, dtype: "float32" }],
        attrs: { ...structureOf(windows, x.shape, isDepthwise), shape },
      };
    },
    lower(graph, [x, dy], attrs) {
      if (x === undefined || dy === undefined) return [];
      const shape = numbersOf(attrs["shape"]);
      const [kernel, [from = 1, to = 1]] = [shape.slice(0, -2), shape.slice(-2)];
      const isDeep = attrs["isDepthwise"] === true;
      const weightShape = isDeep ? [from * to, 1, ...kernel] : [to, from, ...kernel];
      const gradient = one(
        convWeightGrad.lower(
          graph,
          [cropSpace(graph, inChannelsFirst(graph, x, attrs), attrs), inChannelsFirst(graph, dy, attrs)],
          { ...attrs, weightShape },
          [],
        ),
      );
      if (!isDeep) return [weightToFilter(graph, gradient)];
      return [transpose(graph, reshape(graph, gradient, [from, to, ...kernel]), [...range(2, shape.length), 0, 1])];
    },
  };
}

function fused(name: string, windowsOf: WindowsOf, isDepthwise: boolean): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const recording = recordForward(inputs, attrs, windowsOf, isDepthwise);
      const extras = [inputs["bias"], inputs["preluActivationWeights"]].filter(
        (info) => info !== undefined && info !== null,
      );
      if (recording === null || !areFloats(extras)) return null;
      const alpha = typeof attrs?.["leakyreluAlpha"] === "number" ? attrs["leakyreluAlpha"] : 0.2;
      const structure = {
        ...recording.attrs,
        hasBias: Boolean(inputs["bias"]),
        activation: stringAttribute(attrs, "activation"),
        alpha,
      };
      return { inputs: [...recording.inputs, ...extras], outputs: recording.outputs, attrs: structure };
    },
    lower(graph, [x, filter, ...extras], attrs) {
      if (x === undefined || filter === undefined) return [];
      const y = lowerForward(graph, x, filter, attrs);
      const bias = attrs["hasBias"] === true ? extras.shift() : undefined;
      const sum = bias === undefined ? y : new Elementwise(graph).add(y, perChannel(graph, bias, attrs));
      const weights = extras[0] && perChannel(graph, extras[0], attrs);
      return [activate(graph, sum, String(attrs["activation"]), weights, Number(attrs["alpha"]))];
    },
  };
}

/** A vector over the channels, shaped so that it broadcasts over the image. */
function perChannel(graph: GraphBuilder, value: GraphValue, attrs: StructuralAttributes): GraphValue {
  const isVector = value.shape.length === 1 && value.shape[0] !== 1;
  return isVector && attrs["isChannelsLast"] !== true ? reshape(graph, value, [...value.shape, 1, 1]) : value;
}

/** A depthwise filter [...k, in, times] is a weight [in · times, 1, ...k] with as many groups as channels. */
function weightOf(graph: GraphBuilder, filter: GraphValue, attrs: StructuralAttributes): GraphValue {
  if (attrs["isDepthwise"] !== true) return filterToWeight(graph, filter);
  const rank = filter.shape.length;
  const [from = 1, to = 1] = filter.shape.slice(-2);
  return reshape(graph, transpose(graph, filter, [rank - 2, rank - 1, ...range(0, rank - 2)]), [
    from * to,
    1,
    ...filter.shape.slice(0, -2),
  ]);
}

function one(values: readonly GraphValue[]): GraphValue {
  const [value] = values;
  if (value === undefined) throw new RangeError("A lowering gave no value.");
  return value;
}
