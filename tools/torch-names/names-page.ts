import { readFileSync } from "node:fs";
import { comparable } from "./recorded-cases.js";
import { type Section, sections } from "./sections.js";

const NAMES = "tools/torch-names/torch-names.json";

interface Listed {
  readonly torch: string;
  readonly torchmetrics: string;
  readonly modules: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

interface Row {
  readonly torch: string;
  readonly ours: string | undefined;
  readonly isRecorded: boolean;
  readonly options: readonly string[];
  readonly recordedOptions: readonly string[];
}

/** `docs/guides/torch-names.md` */
export function namesPage(): string {
  const listed: Listed = JSON.parse(readFileSync(NAMES, "utf8"));
  const tables = sections.map((section) => ({ section, rows: rowsOf(section, listed) }));
  const parts = tables.map(({ section, rows }) => sectionText(section, rows));
  const all = (root: string): string =>
    share(tables.filter(({ section }) => `${section.module}.`.startsWith(root)).flatMap(({ rows }) => rows));
  return [
    "# PyTorch's names, and ours",
    "",
    `Written by \`pnpm docs:names\` from our exports and a list of the names of PyTorch ${listed.torch.split("+")[0]}`,
    `and torchmetrics ${listed.torchmetrics}.`,
    "A name counts when a case that was recorded from PyTorch runs it here and gives PyTorch's numbers; an option counts",
    "when such a case sets it. Options are in camelCase here. Left out are those for devices and dtypes, those that choose",
    "between PyTorch's implementations (`foreach`, `fused`, `capturable`, `differentiable`: accepted where they ask for",
    "nothing), `validate_args` (`validateArgs` everywhere), and `cache_size`, which does not exist here. Names that",
    "torchmetrics has with optional packages alone are not in the list.",
    "",
    `Of all tables together: ${all("torch.")} of PyTorch, ${all("torchmetrics.")} of torchmetrics.`,
    "",
    ...parts.flatMap((part) => [...part, ""]),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

function rowsOf({ module, exports, recorded }: Section, { modules }: Listed): Row[] {
  const own = new Map<string, unknown>(Object.entries(exports));
  const cases = recorded(modules[module] ?? {});
  return Object.entries(modules[module] ?? {}).map(([torch, options]) => {
    const ours = torch.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const recordedOptions = cases.get(torch);
    return {
      torch,
      ours: typeof own.get(ours) === "function" ? ours : undefined,
      isRecorded: recordedOptions !== undefined,
      options,
      recordedOptions: options.filter((option) => recordedOptions?.has(comparable(option)) === true),
    };
  });
}

function sectionText({ module, prefix }: Section, rows: readonly Row[]): string[] {
  const counted = rows.filter(isCounted);
  const options = counted.reduce((sum, row) => sum + row.options.length, 0);
  const seen = counted.reduce((sum, row) => sum + row.recordedOptions.length, 0);
  const missing = rows.filter(({ ours }) => ours === undefined).map(({ torch }) => `\`${torch}\``);
  const present = rows.filter(({ ours }) => ours !== undefined);
  return [
    `## ${module}`,
    "",
    `${share(rows)}, with ${seen} of their ${options} options (${percent(seen, options)}).`,
    "",
    "| PyTorch | here | recorded | options recorded | not recorded |",
    "|---|---|---|---|---|",
    ...present.map(rowText(prefix)),
    ...(missing.length === 0 ? [] : ["", `Not here: ${missing.join(", ")}.`]),
  ];
}

function share(rows: readonly Row[]): string {
  const counted = rows.filter(isCounted).length;
  return `${counted} of ${rows.length} names (${percent(counted, rows.length)})`;
}

function isCounted({ ours, isRecorded }: Row): boolean {
  return ours !== undefined && isRecorded;
}

function rowText(prefix: string): (row: Row) => string {
  return ({ torch, ours, isRecorded, options, recordedOptions }) => {
    const others = options.filter((option) => !recordedOptions.includes(option)).map((option) => `\`${option}\``);
    const share = isRecorded ? `${recordedOptions.length} of ${options.length}` : "";
    return `| \`${torch}\` | \`${prefix}.${ours}\` | ${isRecorded ? "yes" : "no"} | ${share} | ${others.join(", ")} |`;
  };
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 100 : Math.round((100 * part) / whole)} %`;
}
