import { Variable } from "@tensorflow/tfjs-core";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import type { NamedOrPlain, ParamGroup, ParamGroupOptions, Params } from "./param-group.js";

/** The groups in what an optimizer is given. @throws MisconfigurationError when it is nothing of the kind */
export function readGroups<TOptions>(owner: string, params: Params<TOptions>): readonly ParamGroupOptions<TOptions>[];
export function readGroups(owner: string, params: unknown): readonly object[] {
  if (typeof params !== "object" || params === null || !isIterable(params)) {
    throw new MisconfigurationError({
      message: `${owner} needs the parameters to optimize.`,
      expected: "a list of parameters, of pairs of name and parameter, or of groups { params, … }",
      received: describeValue(params),
      tryThis: "model.parameters(), with its parentheses.",
    });
  }
  const entries = [...params];
  if (entries.length === 0)
    throw new MisconfigurationError({
      message: `${owner} got no parameters.`,
      tryThis: "model.parameters(), once the layers are fields of the model.",
    });
  const groups = entries.filter(isGroup);
  return groups.length === entries.length ? groups : [{ params: entries }];
}

/** The parameters of a group and their names. @throws MisconfigurationError for something else, and for duplicates */
export function readParams(
  owner: string,
  given: NamedOrPlain,
  groups: readonly ParamGroup[],
): { readonly params: Variable[]; readonly paramNames?: readonly string[] } {
  const known = new Map<Variable, string>(
    groups.flatMap((group, at) => group.params.map((param, i) => [param, `position ${i} of group ${at}`] as const)),
  );
  if (!isListed(given)) {
    throw new MisconfigurationError({
      message: `The params of group ${groups.length} of ${owner} are no list.`,
      expected: "params: a list of parameters, or of pairs of name and parameter",
      received: describeValue(given),
      tryThis: "params: model.parameters(), with its parentheses.",
    });
  }
  const entries: readonly unknown[] = [...given];
  const params: Variable[] = [];
  const names: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const [name, param] = readEntry(entry);
    const place = `position ${index} of group ${groups.length}`;
    if (!(param instanceof Variable))
      throw new MisconfigurationError({
        message: `${owner} can only optimize parameters.`,
        expected: "Parameters or tf.Variables, or pairs of a name and one of them",
        received: `${describeValue(entry)} at position ${index}`,
      });
    const earlier = known.get(param);
    if (earlier !== undefined)
      throw new MisconfigurationError({
        message: `${owner} got the same parameter twice: ${place}${name === undefined ? "" : `, "${name}",`} is ${earlier}.`,
        tryThis: "each parameter in one group only.",
      });
    known.set(param, place);
    params.push(param);
    if (name !== undefined) names.push(name);
  }
  const others = groups.some((group) => (group.paramNames === undefined) !== (names.length === 0));
  if (params.length > 0 && ((names.length > 0 && names.length < params.length) || others))
    throw new MisconfigurationError({
      message: `${owner} got names for some of its parameters only.`,
      expected: "names for all parameters of all groups, or for none",
      received: `${names.length} names for ${params.length} parameters of group ${groups.length}`,
    });
  return names.length === 0 ? { params } : { params, paramNames: names };
}

function readEntry(entry: unknown): readonly [name: string | undefined, param: unknown] {
  if (Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string") return [entry[0], entry[1]];
  return [undefined, entry];
}

/** Whether a group's parameters are a list; a single tensor is none. */
function isListed(given: unknown): boolean {
  return typeof given === "object" && given !== null && isIterable(given);
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function isGroup(entry: unknown): entry is object {
  return typeof entry === "object" && entry !== null && !(entry instanceof Variable) && "params" in entry;
}
