import type { OptimizerSetup, RunSetup, SchedulerSetup, Settings, SettingValue } from "./run-setup.js";

/** One thing that a run has otherwise than the run that it goes on from. */
export interface SetupDifference {
  /** `lr of SGD`. */
  readonly what: string;
  readonly saved: string;
  readonly now: string;
  readonly about: "model" | "optimizer" | "schedule" | "loader" | "run";
  /** Whose value counts from here on. */
  readonly wins: "checkpoint" | "code";
}

/** Everything that differs between what was saved and what the code says now. */
export function compareSetups(saved: RunSetup, now: RunSetup): readonly SetupDifference[] {
  return [
    ...compareModels(saved.model, now.model),
    ...now.optimizers.flatMap((one, i) => compareOptimizers(saved.optimizers[i], one)),
    ...compareSchedulers(saved.schedulers, now.schedulers),
    ...now.loaders.flatMap((loader, i) => {
      const where = now.loaders.length === 1 ? "the training loader" : `training loader ${i}`;
      return compareSettings(saved.loaders[i] ?? {}, loader, (name) => `${name} of ${where}`, "loader");
    }),
    ...compareSettings(saved.run, now.run, (name) => name, "run").map((one) =>
      one.what === "seed" ? { ...one, wins: "checkpoint" as const } : one,
    ),
  ];
}

/** What differs between two optimizers of the same class. */
export function compareOptimizers(saved: OptimizerSetup | undefined, now: OptimizerSetup): SetupDifference[] {
  const { groups = [] } = saved ?? {};
  return now.groups.flatMap((group, i) => {
    const where = now.groups.length === 1 ? now.name : `group ${i} of ${now.name}`;
    return compareSettings(groups[i] ?? {}, group, (name) => `${name} of ${where}`, "optimizer");
  });
}

export function compareSchedulers(
  saved: readonly SchedulerSetup[],
  now: readonly SchedulerSetup[],
): readonly SetupDifference[] {
  const names = (all: readonly SchedulerSetup[]) => all.map(({ name }) => name || "a schedule").join(", ") || "none";
  const isSame =
    saved.length === now.length &&
    now.every(({ name }, i) => name === saved[i]?.name || name === "" || saved[i]?.name === "");
  if (!isSame)
    return [{ what: "learning-rate schedules", saved: names(saved), now: names(now), about: "schedule", wins: "code" }];
  return now.flatMap(({ name, options }, i) =>
    compareSettings(saved[i]?.options ?? {}, options, (option) => `${option} of ${name || "a schedule"}`, "schedule"),
  );
}

/** Layers by their names; the first of many are named. */
function compareModels(saved: Settings, now: Settings): readonly SetupDifference[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(saved)])];
  const changed = names.filter((name) => saved[name] !== now[name]);
  const shown = changed.slice(0, MOST_LAYERS).map((name): SetupDifference => {
    return {
      what: `layer ${name}`,
      saved: shownSetting(saved[name]),
      now: shownSetting(now[name]),
      about: "model",
      wins: "code",
    };
  });
  const more = changed.length - shown.length;
  return more === 0
    ? shown
    : [...shown, { what: "other layers", saved: `${more}`, now: `${more} that differ`, about: "model", wins: "code" }];
}

const MOST_LAYERS = 8;

/** What one side does not know is no difference: another version knows other options. */
function compareSettings(
  saved: Settings,
  now: Settings,
  nameOf: (name: string) => string,
  about: SetupDifference["about"],
): SetupDifference[] {
  const wins = about === "optimizer" ? "checkpoint" : "code";
  return Object.entries(now).flatMap(([name, value]) => {
    const before = saved[name];
    if (before === undefined || isSame(before, value)) return [];
    return [{ what: nameOf(name), saved: shownSetting(before), now: shownSetting(value), about, wins }];
  });
}

function isSame(a: SettingValue, b: SettingValue): boolean {
  return Object.is(a, b) || canonical(a) === canonical(b);
}

function shownSetting(value: SettingValue | undefined): string {
  return value === undefined || value === null ? "none" : canonical(value);
}

/** As text, whatever the order of keys. */
function canonical(value: SettingValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{ ${entries.map(([name, inner]) => `${name}: ${canonical(inner)}`).join(", ")} }`;
}
