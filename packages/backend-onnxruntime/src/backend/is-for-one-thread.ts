import { elementCount } from "../graph/value-spec.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Kernels that multiply matrices, or windows of images. */
const PRODUCTS = /MatMul|Linear|Conv|Attention/;
/** A processor passes over a number in memory in the time of so many multiplications of a product. */
const MULTIPLICATIONS_A_NUMBER = 16;
/**
 * What several threads must save for each node to be worth their waiting for each other, and what the thread that
 * records waits where it has no core to itself: 60 µs, between what two cores need that are near each other and far.
 */
const MULTIPLICATIONS_TO_SAVE = 3e6;
/** What is enough in all: of many nodes, not all wait. */
const ENOUGH_TO_SAVE = 70e6;

/** Whether one thread computes a graph of these nodes as soon as several do. */
export function isForOneThread(nodes: readonly LazyNode[], threads: number): boolean {
  const saved = multiplicationsOf(nodes) * (1 - 1 / threads);
  return saved < Math.min(nodes.length * MULTIPLICATIONS_TO_SAVE, ENOUGH_TO_SAVE);
}

/**
 * About how many multiplications the nodes are: those of products, and so many for each number that is read or written.
 * The windows of convolutions and the products of recurrent layers are not looked at: this is to tell little from much.
 */
function multiplicationsOf(nodes: readonly LazyNode[]): number {
  let sum = 0;
  for (const { kernel, inputs, outputs } of nodes) {
    const [from, to] = [inputs.map(elementsOf), outputs.map(elementsOf)];
    for (const count of [...from, ...to]) sum += count * MULTIPLICATIONS_A_NUMBER;
    // [m, k] times [k, n] is the root of m·k times k·n times m·n.
    if (PRODUCTS.test(kernel.name)) sum += Math.sqrt((from[0] ?? 0) * (from[1] ?? 0) * Math.max(...to));
  }
  return sum;
}

const elementsOf = ({ shape }: LazyData): number => elementCount(shape);
