import type { FamilyName } from "../operations/families.js";

interface Edit {
  /** Path in the repository. */
  readonly file: string;
  /** Text that the file contains once. */
  readonly find: string;
  readonly replace: string;
}

/** A fault that once was in the sources, put back. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Where the fuzzer looks for it. */
  readonly families: readonly FamilyName[];
  /** A signature that the fault has. */
  readonly expected: RegExp;
}

const ENGINE = "packages/backend-onnxruntime/src";
const CORE = "packages/core/src";

export const MUTANTS: readonly Mutant[] = [
  {
    name: "scatters race: ONNX Runtime's ScatterND adds, and loses updates when threads meet in a row",
    edits: [
      {
        file: `${ENGINE}/lowering/scatter-add.ts`,
        find: "count * width < LEAST_PROGRAM_ELEMENTS ? undefined : scatterProgram(task)",
        replace: "count < 0 ? scatterProgram(task) : undefined",
      },
      {
        file: `${ENGINE}/lowering/scatter-add.ts`,
        find: 'const dtype = updates.dtype === "float32" ? "float64" : updates.dtype;',
        replace: "const dtype = updates.dtype;",
      },
      {
        file: `${ENGINE}/lowering/scatter-add.ts`,
        find: 'graph.op("ScatterElements", [base, to, own], { attrs: { axis: 0, reduction: "add" } })',
        replace:
          'graph.op("ScatterND", [base, reshape(graph, slice(graph, to, { axes: [1], starts: [0], ends: [1] }), [(bounds[part + 1] ?? 0) - (bounds[part] ?? 0), 1]), own], { attrs: { reduction: "add" } })',
      },
    ],
    families: ["scatters"],
    expected: /^(repeat|read|threads): .*(gather|embedding|scatterND|unsortedSegmentSum|F\.embedding)/,
  },
  {
    name: "sums drift: float32 terms are added one after the other",
    edits: [
      {
        file: `${ENGINE}/lowering/sums/exact-sum.ts`,
        find: 'if (x.dtype !== "float32" || hasExactSums(graph) || isOneNode(x.shape, axes, groups))',
        replace: "if (groups.length >= 0)",
      },
      {
        file: `${ENGINE}/lowering/sums/exact-sum.ts`,
        find: "if (isEmpty(x) || hasExactSums(graph) || isOneNode(x.shape, axes, axisGroups(x.shape, axes)))",
        replace: "if (axes.length > 0)",
      },
    ],
    families: ["reductions", "losses"],
    expected: /^value: /,
  },
  {
    name: "special points: tfjs' gradients at zeros and ties, and sigmoid cross-entropy as a sum with kinks",
    edits: [
      {
        file: `${CORE}/tensor/gradients/index.ts`,
        find: "for (const config of [...CORRECTED, ...lasting])",
        replace: "for (const config of lasting)",
      },
      {
        file: `${CORE}/nn/functional/losses.ts`,
        find: "const softplusOfNegative = tf.softplus(tf.neg(input));",
        replace: "const softplusOfNegative = tf.add(tf.relu(tf.neg(input)), tf.log1p(tf.exp(tf.neg(tf.abs(input)))));",
      },
    ],
    families: ["losses", "reductions"],
    expected: /^gradient: .*(binaryCrossEntropyWithLogits|l1Loss|max|min|norm)/,
  },
  {
    name: "gaps: tfjs' convolutions have no gradient with dilation",
    edits: [
      {
        file: `${CORE}/kernels/tfjs-gradients.ts`,
        find: "if (!isDilated(attrs)) return undefined;\n    const [x, filter]",
        replace: "if (attrs !== undefined) return undefined;\n    const [x, filter]",
      },
    ],
    families: ["convolutions"],
    expected: /^throws: .*dilation rates/,
  },
  {
    name: "tails: functions whose last bits depend on where in a vector a number lies",
    edits: [
      {
        file: `${ENGINE}/kernels/elementwise-kernels.ts`,
        find: "([name, lower]) => unaryKernel(name, lower)",
        replace:
          '([name, lower]) => unaryKernel(name, name === "Expm1" || name === "Log1p" ? lower : (g, x) => g.op(name, [x]))',
      },
    ],
    families: ["unary"],
    expected: /^layout: /,
  },
];
